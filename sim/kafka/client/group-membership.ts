import type {
  Assignment,
  MemberOfGeneration,
  PartitionOffset,
  ReplyOf,
} from "../protocol/protocol.ts";
import type { BrokerConnection } from "./broker-connection.ts";
import { throwOnError, type KafkaError } from "./kafka-error.ts";
import { assignRoundRobin, ROUND_ROBIN_NAME } from "./round-robin-assigner.ts";

/** How a consumer takes part in its group. */
export interface MembershipOptions {
  readonly group: string;
  readonly clientId: string;
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
}

/**
 * A consumer's side of the group protocol: who it is, in which generation, with which partitions.
 */
export class GroupMembership {
  readonly #options: MembershipOptions;
  readonly #connection: BrokerConnection;
  #memberId = "";
  #generation = -1;
  #assignment: Assignment = [];
  #isJoined = false;

  constructor(options: MembershipOptions, connection: BrokerConnection) {
    this.#options = options;
    this.#connection = connection;
  }

  get isJoined(): boolean {
    return this.#isJoined;
  }

  get assignment(): Assignment {
    return this.#assignment;
  }

  /**
   * Joins, assigns if it is the leader, and syncs.
   *
   * @throws Error with what went wrong; then it has to be called again
   */
  async join(): Promise<void> {
    let joined = await this.#askToJoin();
    if (joined.error === "MEMBER_ID_REQUIRED") {
      this.#memberId = joined.memberId;
      joined = await this.#askToJoin();
    }
    throwOnError(joined.error, `join ${this.#options.group}`);
    this.#memberId = joined.memberId;
    this.#generation = joined.generation;
    const isLeader = joined.leaderId === joined.memberId;
    const assignments = isLeader ? await this.#assign(joined) : new Map<string, Assignment>();
    const request = { kind: "sync-group", ...this.#identify(), assignments } as const;
    const synced = await this.#connection.ask("sync-group", request);
    throwOnError(synced.error, `sync ${this.#options.group}`);
    this.#assignment = synced.assignment;
    this.#isJoined = true;
  }

  async heartbeat(): Promise<void> {
    const request = { kind: "heartbeat", ...this.#identify() } as const;
    const { error } = await this.#connection.ask("heartbeat", request);
    throwOnError(error, `heartbeat of ${this.#memberId}`);
  }

  /**
   * `offset` is the next one to handle.
   *
   * @throws KafkaError, ILLEGAL_GENERATION and its kin when the group has moved on
   */
  async commit(offset: PartitionOffset): Promise<void> {
    const request = { kind: "offset-commit", ...this.#identify(), offsets: [offset] } as const;
    const { partitions } = await this.#connection.ask("offset-commit", request);
    for (const { topic, partition, error } of partitions) {
      throwOnError(error, `commit of ${topic}/${partition}`);
    }
  }

  /**
   * After the group refused this member: it must join again, under a new name if the old one is
   * unknown.
   */
  lose(code: KafkaError["code"]): void {
    this.#isJoined = false;
    this.#assignment = [];
    if (code === "UNKNOWN_MEMBER_ID") {
      this.#memberId = "";
    }
  }

  /** Says good-bye, so that the others need not wait for the session time-out. */
  async leave(): Promise<void> {
    const memberId = this.#memberId;
    this.lose("UNKNOWN_MEMBER_ID");
    if (memberId === "") {
      return;
    }
    await this.#connection.ask("leave-group", {
      kind: "leave-group",
      group: this.#options.group,
      memberId,
      groupInstanceId: null,
    });
  }

  #identify(): MemberOfGeneration {
    return {
      group: this.#options.group,
      memberId: this.#memberId,
      generation: this.#generation,
      groupInstanceId: null,
    };
  }

  #askToJoin(): Promise<ReplyOf<"join-group">> {
    const { group, clientId, topics, sessionTimeoutMs, rebalanceTimeoutMs } = this.#options;
    return this.#connection.ask("join-group", {
      kind: "join-group",
      group,
      memberId: this.#memberId,
      groupInstanceId: null,
      clientId,
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      protocols: [{ name: ROUND_ROBIN_NAME, topics }],
    });
  }

  async #assign(joined: ReplyOf<"join-group">): Promise<ReadonlyMap<string, Assignment>> {
    const { topics } = this.#options;
    const metadata = await this.#connection.ask("metadata", { kind: "metadata", topics });
    const partitions = metadata.topics.flatMap(({ topic, error, partitions: known }) => {
      throwOnError(error, `metadata of ${topic}`);
      return known.map(({ partition }) => ({ topic, partition }));
    });
    return assignRoundRobin(
      joined.members.map((member) => member.memberId),
      partitions,
    );
  }
}
