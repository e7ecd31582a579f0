import type { Assignment, TopicPartition } from "../../protocol/protocol.ts";
import type { BrokerNode } from "../cluster/broker-node.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { HandlerFailed, isRefusal, throwOnError } from "../ground/kafka-error.ts";

type Position = TopicPartition & { readonly offset: number };

/** Who commits: a member of a generation. */
export interface MemberIdentity {
  readonly group: string;
  readonly memberId: string;
  readonly generation: number;
  readonly groupInstanceId: string | null;
}

/**
 * What a consumer knows of offsets in one generation (kafkajs's src/consumer/offsetManager): what
 * the group committed, and from where to fetch next. Kept in memory: a crash forgets it.
 */
export class OffsetManager {
  readonly #cluster: Cluster;
  readonly #identity: MemberIdentity;
  readonly #assignment: Assignment;
  readonly #fromBeginning: boolean;
  #coordinator: BrokerNode;
  /** By `topic/partition`, each the next one to handle. */
  readonly #committed = new Map<string, number>();
  readonly #resolved = new Map<string, number>();

  constructor(parts: {
    readonly cluster: Cluster;
    readonly coordinator: BrokerNode;
    readonly identity: MemberIdentity;
    readonly assignment: Assignment;
    readonly fromBeginning: boolean;
  }) {
    this.#cluster = parts.cluster;
    this.#coordinator = parts.coordinator;
    this.#identity = parts.identity;
    this.#assignment = parts.assignment;
    this.#fromBeginning = parts.fromBeginning;
  }

  /** From where to fetch; undefined while it is not known. */
  next(place: TopicPartition): number | undefined {
    const name = nameOf(place);
    return this.#committed.has(name)
      ? (this.#resolved.get(name) ?? this.#committed.get(name))
      : undefined;
  }

  /**
   * A record was handled: the next fetch begins behind it.
   *
   * @throws HandlerFailed for a topic of which this generation was given nothing: there kafkajs
   *   meets a TypeError of its own, which it does not try again
   */
  resolve({ topic, partition, offset }: Position): void {
    if (!this.#assignment.some((each) => each.topic === topic)) {
      throw new HandlerFailed(new TypeError(`${topic} is not assigned any more`));
    }
    this.#resolved.set(nameOf({ topic, partition }), offset + 1);
  }

  /** Asks for what is not known: where the group committed, else the agreed end of the log. */
  async load(): Promise<void> {
    const unknown = this.#assignment.filter((place) => !this.#committed.has(nameOf(place)));
    if (unknown.length === 0) {
      return;
    }
    const coordinator = await this.#findCoordinator();
    const { group } = this.#identity;
    const request = { kind: "offset-fetch", group, partitions: unknown } as const;
    const reply = await coordinator.ask("offset-fetch", request);
    throwOnError(reply.error, `offsets of ${group}`);
    const without = reply.partitions.filter(({ offset }) => offset < 0);
    const listed = await this.#cluster.listOffsets(
      without,
      this.#fromBeginning ? "earliest" : "latest",
    );
    for (const place of [...reply.partitions.filter(({ offset }) => offset >= 0), ...listed]) {
      this.#committed.set(nameOf(place), place.offset);
    }
  }

  /** `offset` is the next one to handle. @throws KafkaError, ClientError */
  async commit(positions: readonly Position[]): Promise<void> {
    if (positions.length === 0) {
      return;
    }
    try {
      await this.#askToCommit(positions);
    } catch (error) {
      if (isRefusal(error, "NOT_COORDINATOR")) {
        await this.#cluster.refreshMetadata();
      }
      throw error;
    }
    for (const position of positions) {
      this.#committed.set(nameOf(position), position.offset);
    }
  }

  /**
   * Forgets where a partition was, after its log had no such offset. kafkajs commits the default,
   * a negative offset, which the broker takes for none.
   */
  async reset(place: TopicPartition): Promise<void> {
    const offset = this.#fromBeginning ? EARLIEST_OFFSET : LATEST_OFFSET;
    await this.#askToCommit([{ ...place, offset }]);
    this.#committed.delete(nameOf(place));
    this.#resolved.delete(nameOf(place));
  }

  async #askToCommit(offsets: readonly Position[]): Promise<void> {
    const coordinator = await this.#findCoordinator();
    const request = { kind: "offset-commit", ...this.#identity, offsets } as const;
    const reply = await coordinator.ask("offset-commit", request);
    for (const { topic, partition, error } of reply.partitions) {
      throwOnError(error, `commit of ${topic}/${partition}`);
    }
  }

  async #findCoordinator(): Promise<BrokerNode> {
    const { nodeId, isConnected } = this.#coordinator;
    if (!isConnected && nodeId !== undefined) {
      this.#coordinator = await this.#cluster.findBroker(nodeId);
    }
    return this.#coordinator;
  }
}

const EARLIEST_OFFSET = -2;
const LATEST_OFFSET = -1;

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
