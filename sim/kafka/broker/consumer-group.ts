import type { Timer } from "../../kernel/simulated-process.ts";
import type { KafkaErrorCode } from "../protocol/error-code.ts";
import type { ReplyOf, RequestOf } from "../protocol/protocol.ts";
import type { BrokerHost } from "./broker-host.ts";
import { GroupMember } from "./group-member.ts";

/**
 * A group's phases: nobody; waiting for all to join; joined, waiting for the leader's assignment;
 * at work.
 */
export type GroupState = "empty" | "preparing-rebalance" | "completing-rebalance" | "stable";

/** The bounds that a broker sets on groups. */
export interface GroupSettings {
  /** How long a first member waits for company: `group.initial.rebalance.delay.ms`. */
  readonly initialRebalanceDelayMs: number;
  readonly sessionTimeoutMsMin: number;
  readonly sessionTimeoutMsMax: number;
}

/**
 * A consumer group under the classic protocol, by the rules of Kafka's GroupCoordinator:
 * generations fence members that missed a rebalance, and silence beyond the session time-out ends a
 * membership.
 *
 * Left out: static membership, the five-minute bound on a new member's first join, and assignment
 * on the broker's side (KIP-848).
 */
export class ConsumerGroup {
  readonly #name: string;
  readonly #host: BrokerHost;
  readonly #settings: GroupSettings;
  readonly #members = new Map<string, GroupMember>();
  /**
   * Members that were given a name and have not come back with it yet. A rebalance waits for them.
   */
  readonly #pending = new Map<string, Timer>();
  #state: GroupState = "empty";
  #generation = 0;
  #leaderId = "";
  #protocol = "";
  /** The bound on the current phase: for all to join, or for all to sync. */
  #phaseTimer: Timer | undefined;
  #isInitialDelay = false;

  constructor(options: { name: string; host: BrokerHost; settings: GroupSettings }) {
    this.#name = options.name;
    this.#host = options.host;
    this.#settings = options.settings;
  }

  get state(): GroupState {
    return this.#state;
  }

  get generation(): number {
    return this.#generation;
  }

  get members(): readonly GroupMember[] {
    return [...this.#members.values()];
  }

  /** Answers when all have joined, or at once where nothing changes. */
  join(request: RequestOf<"join-group">, reply: (reply: ReplyOf<"join-group">) => void): void {
    const { sessionTimeoutMsMin, sessionTimeoutMsMax } = this.#settings;
    const { memberId, sessionTimeoutMs } = request;
    if (sessionTimeoutMs < sessionTimeoutMsMin || sessionTimeoutMs > sessionTimeoutMsMax) {
      reply(refusedJoin("INVALID_SESSION_TIMEOUT", memberId));
    } else if (memberId === "") {
      reply(refusedJoin("MEMBER_ID_REQUIRED", this.#nameMember(request)));
    } else if (this.#pending.has(memberId)) {
      this.#admit(request, reply);
    } else {
      this.#rejoin(request, reply);
    }
  }

  /** Answers when the leader's assignment is there. */
  sync(request: RequestOf<"sync-group">, reply: (reply: ReplyOf<"sync-group">) => void): void {
    const member = this.#members.get(request.memberId);
    const error = this.#checkGeneration(request);
    if (member === undefined || error !== "NONE") {
      reply({ kind: "sync-group", error, assignment: [] });
    } else if (this.#state === "preparing-rebalance") {
      reply({ kind: "sync-group", error: "REBALANCE_IN_PROGRESS", assignment: [] });
    } else if (this.#state === "stable") {
      member.touch();
      reply({ kind: "sync-group", error: "NONE", assignment: member.assignment });
    } else {
      member.awaitingSync = reply;
      if (member.id === this.#leaderId) {
        this.#takeAssignment(request);
      }
    }
  }

  heartbeat(request: RequestOf<"heartbeat">): KafkaErrorCode {
    const error = this.#checkGeneration(request);
    if (error !== "NONE") {
      return error;
    }
    this.#members.get(request.memberId)?.touch();
    return this.#state === "preparing-rebalance" ? "REBALANCE_IN_PROGRESS" : "NONE";
  }

  leave(memberId: string): KafkaErrorCode {
    const pending = this.#pending.get(memberId);
    if (pending !== undefined) {
      pending.cancel();
      this.#pending.delete(memberId);
      this.#completeJoinIfAllJoined();
      return "NONE";
    }
    const member = this.#members.get(memberId);
    if (member === undefined) {
      return "UNKNOWN_MEMBER_ID";
    }
    this.#remove(member, "left");
    return "NONE";
  }

  /** Whether a commit by that member and generation counts now. */
  admitCommit(request: RequestOf<"offset-commit">): KafkaErrorCode {
    // Offsets set from outside, by an administrator, while nobody consumes.
    if (request.generation < 0 && this.#state === "empty") {
      return "NONE";
    }
    const error = this.#checkGeneration(request);
    if (error !== "NONE") {
      return error;
    }
    if (this.#state === "completing-rebalance") {
      return "REBALANCE_IN_PROGRESS";
    }
    this.#members.get(request.memberId)?.touch();
    return "NONE";
  }

  #checkGeneration(request: { memberId: string; generation: number }): KafkaErrorCode {
    if (!this.#members.has(request.memberId)) {
      return "UNKNOWN_MEMBER_ID";
    }
    return request.generation === this.#generation ? "NONE" : "ILLEGAL_GENERATION";
  }

  #nameMember(request: RequestOf<"join-group">): string {
    const suffix = this.#host.draw(0xffff_ffff).toString(16).padStart(8, "0");
    const memberId = `${request.clientId}-${suffix}`;
    const timer = this.#host.setTimer(request.sessionTimeoutMs, () => {
      this.#pending.delete(memberId);
      this.#completeJoinIfAllJoined();
    });
    this.#pending.set(memberId, timer);
    return memberId;
  }

  #admit(request: RequestOf<"join-group">, reply: (reply: ReplyOf<"join-group">) => void): void {
    const { memberId } = request;
    this.#pending.get(memberId)?.cancel();
    this.#pending.delete(memberId);
    const [protocol] = request.protocols;
    if (
      protocol === undefined ||
      (this.#members.size > 0 && this.#commonProtocol([request]) === undefined)
    ) {
      reply(refusedJoin("INCONSISTENT_GROUP_PROTOCOL", memberId));
      return;
    }
    const member: GroupMember = new GroupMember({
      id: memberId,
      host: this.#host,
      request,
      onExpired: () => this.#remove(member, "expired"),
    });
    member.awaitingJoin = reply;
    this.#members.set(memberId, member);
    if (this.#leaderId === "") {
      this.#leaderId = memberId;
    }
    this.#host.trace("join", `${this.#name} ${memberId}`, this.#generation);
    this.#prepareRebalance();
  }

  #rejoin(request: RequestOf<"join-group">, reply: (reply: ReplyOf<"join-group">) => void): void {
    const member = this.#members.get(request.memberId);
    if (member === undefined) {
      reply(refusedJoin("UNKNOWN_MEMBER_ID", request.memberId));
      return;
    }
    const isChange =
      !member.hasSameProtocols(request.protocols) ||
      (this.#state === "stable" && member.id === this.#leaderId);
    if (this.#state !== "preparing-rebalance" && !isChange) {
      // It missed the reply of its last join, or asks what it knows already.
      member.touch();
      reply(this.#describeGeneration(member));
      return;
    }
    member.protocols = request.protocols;
    member.sessionTimeoutMs = request.sessionTimeoutMs;
    member.rebalanceTimeoutMs = request.rebalanceTimeoutMs;
    member.awaitingJoin = reply;
    this.#prepareRebalance();
  }

  #prepareRebalance(): void {
    if (this.#state === "preparing-rebalance") {
      this.#completeJoinIfAllJoined();
      return;
    }
    if (this.#state === "completing-rebalance") {
      this.#refuseSyncs();
    }
    this.#isInitialDelay = this.#state === "empty";
    this.#state = "preparing-rebalance";
    const delayMs = this.#isInitialDelay
      ? this.#settings.initialRebalanceDelayMs
      : this.#longestRebalanceTimeoutMs();
    this.#setPhaseTimer(delayMs, () => this.#completeJoin());
    this.#completeJoinIfAllJoined();
  }

  #completeJoinIfAllJoined(): void {
    if (this.#state !== "preparing-rebalance" || this.#isInitialDelay || this.#pending.size > 0) {
      return;
    }
    const hasAllJoined = this.members.every((member) => member.awaitingJoin !== undefined);
    if (hasAllJoined) {
      this.#completeJoin();
    }
  }

  #completeJoin(): void {
    this.#phaseTimer?.cancel();
    this.#isInitialDelay = false;
    for (const member of this.members) {
      if (member.awaitingJoin === undefined) {
        this.#drop(member, "did not rejoin");
      }
    }
    this.#generation += 1;
    this.#host.trace("generation", this.#name, this.#generation);
    if (this.#members.size === 0) {
      this.#state = "empty";
      return;
    }
    this.#state = "completing-rebalance";
    this.#protocol = this.#commonProtocol([]) ?? "";
    for (const member of this.members) {
      member.assignment = [];
      member.touch();
      member.answerJoin(this.#describeGeneration(member));
    }
    this.#setPhaseTimer(this.#longestRebalanceTimeoutMs(), () => this.#removeUnsynced());
  }

  #describeGeneration(member: GroupMember): ReplyOf<"join-group"> {
    const isLeader = member.id === this.#leaderId;
    return {
      kind: "join-group",
      error: "NONE",
      memberId: member.id,
      generation: this.#generation,
      leaderId: this.#leaderId,
      protocol: this.#protocol,
      members: isLeader ? this.members.map((each) => this.#describeMember(each)) : [],
    };
  }

  #describeMember(member: GroupMember): ReplyOf<"join-group">["members"][number] {
    const chosen = member.protocols.find((protocol) => protocol.name === this.#protocol);
    return { memberId: member.id, groupInstanceId: null, topics: chosen?.topics ?? [] };
  }

  /**
   * The first protocol of the first member that all others, and those who ask to be let in, know
   * too.
   */
  #commonProtocol(newcomers: readonly RequestOf<"join-group">[]): string | undefined {
    const offers = [...this.members, ...newcomers].map((each) =>
      each.protocols.map(({ name }) => name),
    );
    return offers[0]?.find((name) => offers.every((names) => names.includes(name)));
  }

  #takeAssignment(request: RequestOf<"sync-group">): void {
    this.#phaseTimer?.cancel();
    this.#state = "stable";
    for (const member of this.members) {
      member.assignment = request.assignments.get(member.id) ?? [];
      member.touch();
      member.answerSync({ kind: "sync-group", error: "NONE", assignment: member.assignment });
    }
  }

  #refuseSyncs(): void {
    for (const member of this.members) {
      // Its time did not run while it waited for the others.
      if (member.awaitingSync !== undefined) {
        member.touch();
      }
      member.answerSync({ kind: "sync-group", error: "REBALANCE_IN_PROGRESS", assignment: [] });
    }
  }

  #removeUnsynced(): void {
    for (const member of this.members) {
      if (member.awaitingSync === undefined) {
        this.#drop(member, "did not sync");
      }
    }
    this.#prepareRebalance();
  }

  #remove(member: GroupMember, reason: string): void {
    this.#drop(member, reason);
    this.#prepareRebalance();
  }

  #drop(member: GroupMember, reason: string): void {
    this.#host.trace("member-gone", `${this.#name} ${member.id} ${reason}`, this.#generation);
    member.forget();
    this.#members.delete(member.id);
    member.answerJoin(refusedJoin("UNKNOWN_MEMBER_ID", member.id));
    member.answerSync({ kind: "sync-group", error: "UNKNOWN_MEMBER_ID", assignment: [] });
    if (this.#leaderId === member.id) {
      this.#leaderId = this.members[0]?.id ?? "";
    }
  }

  #longestRebalanceTimeoutMs(): number {
    return Math.max(0, ...this.members.map((member) => member.rebalanceTimeoutMs));
  }

  #setPhaseTimer(delayMs: number, callback: () => void): void {
    this.#phaseTimer?.cancel();
    this.#phaseTimer = this.#host.setTimer(delayMs, callback);
  }
}

function refusedJoin(error: KafkaErrorCode, memberId: string): ReplyOf<"join-group"> {
  return {
    kind: "join-group",
    error,
    memberId,
    generation: -1,
    leaderId: "",
    protocol: "",
    members: [],
  };
}
