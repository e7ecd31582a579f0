import type { BrokerHost } from "../ground/broker-host.ts";
import type { KafkaErrorCode } from "../protocol/error-code.ts";
import type { Assignment, MemberOfGeneration, ReplyOf, RequestOf } from "../protocol/protocol.ts";
import type { GroupImage } from "./group-image.ts";
import { GroupMember, type MemberTerms } from "./group-member.ts";
import { GroupMembers } from "./group-members.ts";
import { refusedJoin, refusedSync } from "./group-replies.ts";
import type { GroupSettings } from "./group-settings.ts";
import { PendingMembers } from "./pending-members.ts";
import { PhaseTimer } from "./phase-timer.ts";

/**
 * A group's phases: nobody; waiting for all to join; joined, waiting for the leader's assignment;
 * at work.
 */
export type GroupState = "empty" | "preparing-rebalance" | "completing-rebalance" | "stable";

type Join = RequestOf<"join-group">;
type OnJoined = (reply: ReplyOf<"join-group">) => void;
type OnSynced = (reply: ReplyOf<"sync-group">) => void;

export interface ConsumerGroupOptions {
  readonly name: string;
  readonly host: BrokerHost;
  readonly settings: GroupSettings;
  /** Writes the group to the coordinator's log; told when that is done, or cannot be. */
  readonly save: (image: GroupImage, onDone: (error: KafkaErrorCode) => void) => void;
}

/**
 * A consumer group under the classic protocol, by the rules of Kafka 4.1's GroupMetadataManager:
 * generations fence members that missed a rebalance, silence beyond the session time-out ends a
 * membership, and a static member that starts anew takes its own place.
 *
 * Left out: assignment on the broker's side (KIP-848).
 */
export class ConsumerGroup {
  readonly name: string;
  readonly #host: BrokerHost;
  readonly #settings: GroupSettings;
  readonly #save: ConsumerGroupOptions["save"];
  readonly #members: GroupMembers;
  readonly #pending: PendingMembers;
  /** Members that have been told the generation and have not asked for their assignment. */
  readonly #unsynced = new Set<string>();
  #state: GroupState = "empty";
  #sinceMs: number;
  #generation = 0;
  #protocol = "";
  readonly #joinTimer: PhaseTimer;
  readonly #syncTimer: PhaseTimer;
  /** While a group fills: whether somebody came since the delay began. Else undefined. */
  #hasNewcomer: boolean | undefined;

  constructor(options: ConsumerGroupOptions) {
    this.name = options.name;
    this.#host = options.host;
    this.#settings = options.settings;
    this.#save = options.save;
    this.#members = new GroupMembers();
    this.#pending = new PendingMembers(options.host);
    this.#joinTimer = new PhaseTimer(options.host);
    this.#syncTimer = new PhaseTimer(options.host);
    this.#sinceMs = options.host.nowMs();
  }

  get state(): GroupState {
    return this.#state;
  }

  get generation(): number {
    return this.#generation;
  }

  /** When it got into its state. */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  get memberIds(): readonly string[] {
    return this.#members.all().map(({ id }) => id);
  }

  /** What is written when nobody has joined yet: that there is such a group. */
  saveEmpty(): void {
    this.#save(this.#describe(new Map()), () => {});
  }

  /** As the log has it: a group is loaded at work, and every member has its time from now on. */
  restore(image: GroupImage): void {
    this.#generation = image.generation;
    this.#protocol = image.protocol;
    this.#sinceMs = image.sinceMs;
    this.#state = image.members.length === 0 ? "empty" : "stable";
    for (const { id, instanceId, protocol, assignment, ...times } of image.members) {
      const member = this.#createMember(id, instanceId, { ...times, protocols: [protocol] });
      member.assignment = assignment;
      this.#members.add(member);
      member.touch();
    }
    this.#members.leaderId = image.leaderId;
  }

  /** Another broker coordinates it from now on: who waits is told. */
  unload(): void {
    this.#joinTimer.cancel();
    this.#syncTimer.cancel();
    this.#pending.forgetAll();
    for (const member of this.#members.all()) {
      member.forget();
      member.answerJoin(refusedJoin("NOT_COORDINATOR", member.id));
      member.answerSync(refusedSync("NOT_COORDINATOR"));
    }
  }

  /** Answers when all have joined, or at once where nothing changes. */
  join(request: Join, reply: OnJoined): void {
    const { memberId } = request;
    if (!this.#hasRoomFor(memberId)) {
      this.#pending.forget(memberId);
      reply(refusedJoin("GROUP_MAX_SIZE_REACHED", ""));
    } else if (!this.#takesProtocols(request)) {
      reply(refusedJoin("INCONSISTENT_GROUP_PROTOCOL", memberId));
    } else if (memberId === "") {
      this.#joinAsNew(request, reply);
    } else if (this.#pending.has(memberId)) {
      this.#pending.forget(memberId);
      this.#add(memberId, request, reply);
    } else {
      this.#rejoin(request, reply);
    }
  }

  /** Answers when the leader's assignment is there and written. */
  sync(request: RequestOf<"sync-group">, reply: OnSynced): void {
    const error = this.#check(request);
    const member = this.#members.get(request.memberId);
    if (member === undefined || error !== "NONE") {
      reply(refusedSync(error));
    } else if (this.#state === "preparing-rebalance") {
      reply(refusedSync("REBALANCE_IN_PROGRESS"));
    } else if (this.#state === "stable") {
      this.#noteSynced(member);
      reply({ kind: "sync-group", error: "NONE", assignment: member.assignment });
    } else {
      member.awaitSync(reply);
      this.#noteSynced(member);
      if (member.id === this.#members.leaderId) {
        this.#takeAssignments(request.assignments);
      }
    }
  }

  heartbeat(request: RequestOf<"heartbeat">): KafkaErrorCode {
    const error = this.#check(request);
    if (error !== "NONE") {
      return error;
    }
    this.#members.get(request.memberId)?.touch();
    return this.#state === "preparing-rebalance" ? "REBALANCE_IN_PROGRESS" : "NONE";
  }

  leave({ memberId, groupInstanceId }: RequestOf<"leave-group">): KafkaErrorCode {
    if (this.#pending.forget(memberId)) {
      this.#completeJoinIfAllJoined();
      return "NONE";
    }
    const id = memberId === "" ? this.#members.idOfInstance(groupInstanceId) : memberId;
    const error = this.#members.check({ memberId: id, groupInstanceId });
    const member = this.#members.get(id);
    if (member === undefined || error !== "NONE") {
      return error;
    }
    this.#remove(member, "left");
    return "NONE";
  }

  /** Whether a commit by that member and generation counts now. */
  admitCommit(request: MemberOfGeneration): KafkaErrorCode {
    const { memberId, generation, groupInstanceId } = request;
    if (generation < 0 && this.#state === "empty") {
      // Offsets set from outside, by an administrator, while nobody consumes.
      return "NONE";
    }
    if (generation < 0 && memberId === "" && groupInstanceId === null) {
      return "UNKNOWN_MEMBER_ID";
    }
    const error = this.#check(request);
    if (error !== "NONE") {
      return error;
    }
    if (this.#state === "completing-rebalance") {
      return "REBALANCE_IN_PROGRESS";
    }
    this.#members.get(memberId)?.touch();
    return "NONE";
  }

  #check(request: MemberOfGeneration): KafkaErrorCode {
    const error = this.#members.check(request);
    if (error !== "NONE") {
      return error;
    }
    return request.generation === this.#generation ? "NONE" : "ILLEGAL_GENERATION";
  }

  #hasRoomFor(memberId: string): boolean {
    const { membersMax } = this.#settings;
    const member = this.#members.get(memberId);
    switch (this.#state) {
      case "empty":
        return true;
      case "preparing-rebalance":
        return member?.isAwaitingJoin === true || this.#members.awaitingJoinCount < membersMax;
      case "completing-rebalance":
      case "stable":
        return member !== undefined || this.#members.size < membersMax;
    }
  }

  #takesProtocols({ protocols }: Join): boolean {
    return this.#state === "empty"
      ? protocols.length > 0
      : protocols.some(({ name }) => this.#members.allSupport(name));
  }

  #joinAsNew(request: Join, reply: OnJoined): void {
    const { groupInstanceId, sessionTimeoutMs } = request;
    const memberId = this.#nameMember(request);
    if (groupInstanceId === null) {
      this.#pending.add(memberId, sessionTimeoutMs, () => this.#completeJoinIfAllJoined());
      reply(refusedJoin("MEMBER_ID_REQUIRED", memberId));
      return;
    }
    const before = this.#members.get(this.#members.idOfInstance(groupInstanceId));
    if (before === undefined) {
      this.#add(memberId, request, reply);
    } else {
      this.#replaceStatic(before, { memberId, request, reply });
    }
  }

  #nameMember({ clientId, groupInstanceId }: Join): string {
    const suffix = this.#host.draw(0xffff_ffff).toString(16).padStart(8, "0");
    return `${groupInstanceId ?? clientId}-${suffix}`;
  }

  #add(memberId: string, request: Join, reply: OnJoined): void {
    const member = this.#createMember(memberId, request.groupInstanceId, termsOf(request));
    member.isNew = true;
    member.awaitJoin(reply);
    if (this.#hasNewcomer !== undefined) {
      this.#hasNewcomer = true;
    }
    this.#members.add(member);
    member.touch(this.#settings.newMemberJoinTimeoutMs);
    this.#host.trace("join", `${this.name} ${memberId}`, this.#generation);
    this.#rebalance();
  }

  #createMember(id: string, instanceId: string | null, terms: MemberTerms): GroupMember {
    const member: GroupMember = new GroupMember({
      id,
      instanceId,
      host: this.#host,
      terms,
      onExpired: () => this.#remove(member, "expired"),
    });
    return member;
  }

  /**
   * A static member has started anew, under its instance id. At work, nobody else need know: it
   * gets the assignment that it had.
   */
  #replaceStatic(
    member: GroupMember,
    { memberId, request, reply }: { memberId: string; request: Join; reply: OnJoined },
  ): void {
    const leaderBefore = this.#members.leaderId;
    member.answerJoin(refusedJoin("FENCED_INSTANCE_ID", member.id));
    member.answerSync(refusedSync("FENCED_INSTANCE_ID"));
    this.#unsynced.delete(member.id);
    this.#members.rename(member, memberId);
    member.terms = termsOf(request);
    member.touch();
    member.awaitJoin(reply);
    this.#host.trace("join", `${this.name} ${memberId}`, this.#generation);
    if (this.#state !== "stable" || this.#members.chooseProtocol() !== this.#protocol) {
      this.#rebalance();
      return;
    }
    this.#save(this.#describe(this.#members.assignments()), (error) => {
      if (error !== "NONE") {
        member.answerJoin(refusedJoin(error, ""));
        return;
      }
      // Up to version 8 of JoinGroup the leader is told its old name: it must not assign again.
      member.answerJoin({ ...this.#joinedReply(member), leaderId: leaderBefore, members: [] });
    });
  }

  #rejoin(request: Join, reply: OnJoined): void {
    const error = this.#members.check(request);
    const member = this.#members.get(request.memberId);
    if (member === undefined || error !== "NONE") {
      reply(refusedJoin(error, request.memberId));
      return;
    }
    const isChange =
      !member.hasSameProtocols(request.protocols) ||
      (this.#state === "stable" && member.id === this.#members.leaderId);
    if (this.#state !== "preparing-rebalance" && !isChange) {
      // It missed the reply of its last join, or asks what it knows already.
      reply(this.#joinedReply(member));
      return;
    }
    member.terms = termsOf(request);
    member.awaitJoin(reply);
    this.#rebalance();
  }

  /** Begins to wait for all members, or goes on where the wait is over. */
  #rebalance(): void {
    if (this.#state === "preparing-rebalance") {
      this.#completeJoinIfAllJoined();
      return;
    }
    if (this.#state === "completing-rebalance") {
      this.#answerSyncs("REBALANCE_IN_PROGRESS", new Map());
    }
    this.#unsynced.clear();
    this.#syncTimer.cancel();
    const isInitial = this.#state === "empty";
    this.#enter("preparing-rebalance");
    if (isInitial) {
      const { initialRebalanceDelayMs } = this.#settings;
      const timeoutMs = this.#members.rebalanceTimeoutMs;
      this.#fill(initialRebalanceDelayMs, Math.max(timeoutMs - initialRebalanceDelayMs, 0));
    } else if (this.#haveAllJoined()) {
      this.#completeJoin();
    } else {
      this.#joinTimer.set(this.#members.rebalanceTimeoutMs, () => this.#completeJoin());
    }
  }

  /** A group that was empty waits for company, and longer while more come. */
  #fill(delayMs: number, remainingMs: number): void {
    this.#hasNewcomer = false;
    this.#joinTimer.set(delayMs, () => {
      if (this.#hasNewcomer === true && remainingMs > 0) {
        const nextMs = Math.min(this.#settings.initialRebalanceDelayMs, remainingMs);
        this.#fill(nextMs, Math.max(remainingMs - delayMs, 0));
      } else {
        this.#completeJoin();
      }
    });
  }

  #haveAllJoined(): boolean {
    return this.#pending.size === 0 && this.#members.awaitingJoinCount === this.#members.size;
  }

  #completeJoinIfAllJoined(): void {
    const isFilling = this.#hasNewcomer !== undefined;
    if (this.#state === "preparing-rebalance" && !isFilling && this.#haveAllJoined()) {
      this.#completeJoin();
    }
  }

  #completeJoin(): void {
    this.#joinTimer.cancel();
    this.#hasNewcomer = undefined;
    for (const member of this.#members.all()) {
      if (!member.isAwaitingJoin && member.instanceId === null) {
        this.#drop(member, "did not rejoin");
      }
    }
    if (this.#members.size > 0 && !this.#members.electJoinedLeader()) {
      // Static members keep their places until their sessions are over.
      this.#joinTimer.set(this.#members.rebalanceTimeoutMs, () => this.#completeJoin());
      return;
    }
    this.#generation += 1;
    this.#host.trace("generation", this.name, this.#generation);
    if (this.#members.size === 0) {
      this.#protocol = "";
      this.#enter("empty");
      this.saveEmpty();
      return;
    }
    this.#protocol = this.#members.chooseProtocol();
    this.#enter("completing-rebalance");
    for (const member of this.#members.all()) {
      member.touch();
      member.isNew = false;
      this.#unsynced.add(member.id);
      member.answerJoin(this.#joinedReply(member));
    }
    this.#syncTimer.set(this.#members.rebalanceTimeoutMs, () => this.#dropUnsynced());
  }

  #joinedReply(member: GroupMember): ReplyOf<"join-group"> {
    const { leaderId } = this.#members;
    const members = member.id === leaderId ? this.#members.all() : [];
    return {
      kind: "join-group",
      error: "NONE",
      memberId: member.id,
      generation: this.#generation,
      leaderId,
      protocol: this.#protocol,
      members: members.map((each) => ({
        memberId: each.id,
        groupInstanceId: each.instanceId,
        topics: each.topicsFor(this.#protocol),
      })),
    };
  }

  #takeAssignments(assignments: ReadonlyMap<string, Assignment>): void {
    const generation = this.#generation;
    this.#save(this.#describe(assignments), (error) => {
      // A member may have joined, or left, while this was written.
      if (this.#state !== "completing-rebalance" || this.#generation !== generation) {
        return;
      }
      if (error !== "NONE") {
        this.#answerSyncs(error, new Map());
        this.#rebalance();
        return;
      }
      this.#enter("stable");
      this.#answerSyncs("NONE", assignments);
    });
  }

  #answerSyncs(error: KafkaErrorCode, assignments: ReadonlyMap<string, Assignment>): void {
    for (const member of this.#members.all()) {
      const assignment = assignments.get(member.id) ?? [];
      member.assignment = assignment;
      // Its time did not run while it waited for the others.
      if (member.answerSync({ kind: "sync-group", error, assignment })) {
        member.touch();
      }
    }
  }

  #noteSynced(member: GroupMember): void {
    this.#unsynced.delete(member.id);
    if (this.#unsynced.size === 0) {
      this.#syncTimer.cancel();
    }
  }

  #dropUnsynced(): void {
    for (const member of this.#members.all()) {
      if (this.#unsynced.has(member.id)) {
        this.#drop(member, "did not sync");
      }
    }
    this.#rebalance();
  }

  #remove(member: GroupMember, reason: string): void {
    this.#drop(member, reason);
    this.#rebalance();
  }

  #drop(member: GroupMember, reason: string): void {
    this.#host.trace("member-gone", `${this.name} ${member.id} ${reason}`, this.#generation);
    member.forget();
    this.#unsynced.delete(member.id);
    this.#members.remove(member);
    member.answerJoin(refusedJoin("UNKNOWN_MEMBER_ID", ""));
    member.answerSync(refusedSync("UNKNOWN_MEMBER_ID"));
  }

  #enter(state: GroupState): void {
    this.#state = state;
    this.#sinceMs = this.#host.nowMs();
  }

  #describe(assignments: ReadonlyMap<string, Assignment>): GroupImage {
    return {
      group: this.name,
      generation: this.#generation,
      protocol: this.#protocol,
      leaderId: this.#members.leaderId,
      sinceMs: this.#sinceMs,
      members: this.#members.describe(this.#protocol, assignments),
    };
  }
}

function termsOf({ sessionTimeoutMs, rebalanceTimeoutMs, protocols }: Join): MemberTerms {
  return { sessionTimeoutMs, rebalanceTimeoutMs, protocols };
}
