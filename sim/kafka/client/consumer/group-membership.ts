import type { SimulatedProcess } from "../../../kernel/simulated-process.ts";
import type { Assignment, ReplyOf, TopicPartition } from "../../protocol/protocol.ts";
import type { BrokerNode } from "../cluster/broker-node.ts";
import type { Cluster } from "../cluster/cluster.ts";
import {
  isRebalancing,
  isRefusal,
  JoinAgain,
  NotRetriable,
  throwOnError,
} from "../ground/kafka-error.ts";
import { Bail, type Retrier } from "../ground/retrier.ts";
import { shareCall } from "../ground/share-call.ts";
import { OffsetManager, type MemberIdentity } from "./offset-manager.ts";
import { assignRoundRobin, ROUND_ROBIN_NAME } from "./round-robin-assigner.ts";

/** How a consumer takes part in its group. */
export interface MembershipOptions {
  readonly group: string;
  readonly clientId: string;
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  /** Where a group without a committed offset begins: at the first record, or behind the last. */
  readonly fromBeginning: boolean;
}

/**
 * A consumer's side of the group protocol (the half of kafkajs's src/consumer/consumerGroup.js that
 * joins): who it is, in which generation, with which partitions.
 */
export class GroupMembership {
  readonly #process: SimulatedProcess;
  readonly #cluster: Cluster;
  readonly #retrier: Retrier;
  readonly #options: MembershipOptions;
  #coordinator: BrokerNode | undefined;
  /** Empty while it has no name. */
  #memberId = "";
  #generation = -1;
  #assignment: Assignment = [];
  #partitionCounts: ReadonlyMap<string, number> | undefined;
  #offsets: OffsetManager | undefined;
  /** Of the last heartbeat; not of the last join, as kafkajs has it. */
  #heartbeatAtMs: number;
  /**
   * Only when it is due, and only under a name.
   *
   * @throws KafkaError when the group has moved on; ClientError
   */
  readonly heartbeat: () => Promise<void>;

  constructor(parts: {
    readonly process: SimulatedProcess;
    readonly cluster: Cluster;
    readonly retrier: Retrier;
    readonly options: MembershipOptions;
  }) {
    this.#process = parts.process;
    this.#cluster = parts.cluster;
    this.#retrier = parts.retrier;
    this.#options = parts.options;
    this.#heartbeatAtMs = parts.process.nowMs();
    this.heartbeat = shareCall(() => this.#heartbeatIfDue());
  }

  /** By topic, then in the order of partitions. */
  get assignment(): Assignment {
    return this.#assignment;
  }

  get offsets(): OffsetManager {
    if (this.#offsets === undefined) {
      throw new Error(`${this.#options.group}: no offsets before the first join`);
    }
    return this.#offsets;
  }

  /**
   * Joins, assigns if it is the leader, and syncs; again after a rebalance that came in between.
   *
   * @throws RetriesExceeded after so many rebalances; ClientError of any other kind at once
   */
  join(): Promise<void> {
    return this.#retrier(async () => {
      try {
        await this.#sync(await this.#askToJoin());
      } catch (error) {
        if (isRebalancing(error)) {
          throw new JoinAgain(error);
        }
        if (isRefusal(error, "UNKNOWN_MEMBER_ID")) {
          this.forgetName();
          throw new JoinAgain(error);
        }
        throw new Bail(error);
      }
    });
  }

  /** The coordinator does not know it: the next join is that of a newcomer. */
  forgetName(): void {
    this.#memberId = "";
  }

  /** Says good-bye, so that the others need not wait for the session time-out. */
  async leave(): Promise<void> {
    const { group } = this.#options;
    const memberId = this.#memberId;
    if (memberId === "" || this.#coordinator === undefined) {
      return;
    }
    const request = { kind: "leave-group", group, memberId, groupInstanceId: null } as const;
    const { error } = await this.#coordinator.ask("leave-group", request);
    throwOnError(error, `leave ${group}`);
    this.forgetName();
  }

  /** Whether a topic has got partitions that the group has not given out. */
  isStale(): boolean {
    const known = this.#partitionCounts;
    return (
      known !== undefined &&
      this.#options.topics.some(
        (topic) => this.#cluster.partitionsOf(topic).length > (known.get(topic) ?? 0),
      )
    );
  }

  async #heartbeatIfDue(): Promise<void> {
    const isDue = this.#process.nowMs() >= this.#heartbeatAtMs + this.#options.heartbeatIntervalMs;
    if (this.#memberId === "" || !isDue) {
      return;
    }
    const identity = this.#identify();
    const reply = await this.#demandCoordinator().ask("heartbeat", {
      kind: "heartbeat",
      ...identity,
    });
    throwOnError(reply.error, `heartbeat of ${identity.memberId}`);
    this.#heartbeatAtMs = this.#process.nowMs();
  }

  async #askToJoin(): Promise<ReplyOf<"join-group">> {
    const { group, clientId, topics, sessionTimeoutMs, rebalanceTimeoutMs } = this.#options;
    const coordinator = await this.#cluster.findCoordinator(group);
    this.#coordinator = coordinator;
    const ask = (memberId: string) =>
      coordinator.ask(
        "join-group",
        {
          kind: "join-group",
          group,
          memberId,
          groupInstanceId: null,
          clientId,
          sessionTimeoutMs,
          rebalanceTimeoutMs,
          protocols: [{ name: ROUND_ROBIN_NAME, topics }],
        },
        { waitsMs: rebalanceTimeoutMs },
      );
    let joined = await ask(this.#memberId);
    if (joined.error === "MEMBER_ID_REQUIRED") {
      joined = await ask(joined.memberId);
    }
    throwOnError(joined.error, `join ${group}`);
    this.#memberId = joined.memberId;
    this.#generation = joined.generation;
    return joined;
  }

  async #sync(joined: ReplyOf<"join-group">): Promise<void> {
    const { group, topics, fromBeginning } = this.#options;
    let assignments: ReadonlyMap<string, Assignment> = new Map();
    if (joined.leaderId === joined.memberId) {
      if (joined.protocol !== ROUND_ROBIN_NAME) {
        throw new NotRetriable(`unsupported partition assigner ${joined.protocol}`);
      }
      await this.#cluster.refreshMetadata();
      assignments = this.#assign(joined);
    }
    this.#partitionCounts = this.#countPartitions();
    const coordinator = this.#demandCoordinator();
    const identity = this.#identify();
    const reply = await coordinator.ask("sync-group", {
      kind: "sync-group",
      ...identity,
      assignments,
    });
    throwOnError(reply.error, `sync ${group}`);
    const assignment = reply.assignment.filter(({ topic }) => topics.includes(topic));
    if (assignment.some((place) => !this.#knows(place))) {
      await this.#cluster.refreshMetadata();
      this.#partitionCounts = this.#countPartitions();
    }
    this.#assignment = assignment;
    this.#offsets = new OffsetManager({
      cluster: this.#cluster,
      coordinator,
      identity,
      assignment,
      fromBeginning,
    });
  }

  /** The leader deals out its own topics to all, whatever the others subscribed to. */
  #assign(joined: ReplyOf<"join-group">): ReadonlyMap<string, Assignment> {
    return assignRoundRobin(
      joined.members.map(({ memberId }) => memberId),
      this.#options.topics.flatMap((topic) =>
        this.#cluster.partitionsOf(topic).map(({ partition }) => ({ topic, partition })),
      ),
    );
  }

  #countPartitions(): ReadonlyMap<string, number> {
    return new Map(
      this.#options.topics.map((topic) => [topic, this.#cluster.partitionsOf(topic).length]),
    );
  }

  #knows({ topic, partition }: TopicPartition): boolean {
    return partition < (this.#partitionCounts?.get(topic) ?? 0);
  }

  #identify(): MemberIdentity {
    const { group } = this.#options;
    const memberId = this.#memberId;
    return { group, memberId, generation: this.#generation, groupInstanceId: null };
  }

  #demandCoordinator(): BrokerNode {
    if (this.#coordinator === undefined) {
      throw new Error(`${this.#options.group}: no coordinator before the first join`);
    }
    return this.#coordinator;
  }
}
