import { NotSimulated } from "../kernel/not-simulated.ts";
import type { BrokerHost } from "./broker-host.ts";
import { ConsumerGroup, type GroupSettings, type GroupState } from "./consumer-group.ts";
import { FetchWait } from "./fetch-wait.ts";
import { PartitionLog } from "./partition-log.ts";
import type {
  KafkaErrorCode,
  KafkaReply,
  KafkaRequest,
  RecordData,
  ReplyOf,
  RequestOf,
  TopicPartition,
} from "./protocol.ts";

/** What the judge sees of a group: where it stands in each partition of a topic. */
export interface PartitionProgress extends TopicPartition {
  /** The next offset that the group will handle; undefined where it never committed. */
  readonly committed: bigint | undefined;
  readonly highWatermark: bigint;
  /** Records not yet committed as handled. */
  readonly lag: number;
}

/** A record where it lies. */
export interface ObservedRecord extends TopicPartition, RecordData {
  readonly offset: bigint;
  readonly timestampMs: number;
}

/** A record at the moment in which it becomes part of the log. */
export type AppendedRecord = Pick<
  ObservedRecord,
  "topic" | "partition" | "offset" | "key" | "value"
>;

export interface BrokerOptions {
  readonly host: BrokerHost;
  readonly groups?: Partial<GroupSettings> | undefined;
  /** Told of every record, synchronously, in the order of appending. */
  readonly onAppend?: ((record: AppendedRecord) => void) | undefined;
}

/** Looks into the broker at one instant, past the network and without a trace. */
export interface BrokerObservation {
  topics(): readonly string[];
  /** Every record of the topic, by partition, then by offset. Throws for an unknown topic. */
  records(topic: string): readonly ObservedRecord[];
  /** Throws for an unknown topic; a group that never was has committed nothing. */
  progress(group: string, topic: string): readonly PartitionProgress[];
  group(name: string): {
    readonly state: GroupState;
    readonly generation: number;
    readonly memberIds: readonly string[];
  };
}

/** One client's connection to a broker. */
export interface BrokerSession {
  /** Requests must come one after the other, as Kafka takes them from one connection. */
  request(request: KafkaRequest, reply: (reply: KafkaReply) => void): void;
  /** The client is gone. What it had been waiting for is dropped; its membership lives on until it times out. */
  close(): void;
}

const defaultGroupSettings: GroupSettings = {
  // Kafka's default is 3,000 ms; its own example configuration sets 0, and so do the real servers of this project.
  initialRebalanceDelayMs: 0,
  sessionTimeoutMsMin: 6_000,
  sessionTimeoutMsMax: 1_800_000,
};

/**
 * A single Kafka broker: topics with partitions, the classic group protocol and committed offsets. A plain
 * state machine: requests in, replies by callback, no promise, no clock and no chance of its own.
 *
 * Left out so far: more brokers and replicas, retention, idempotent producers, transactions, quotas.
 */
export class Broker implements BrokerObservation {
  readonly #host: BrokerHost;
  readonly #onAppend: ((record: AppendedRecord) => void) | undefined;
  readonly #groupSettings: GroupSettings;
  readonly #topics = new Map<string, PartitionLog[]>();
  readonly #groups = new Map<string, ConsumerGroup>();
  /** By group, then by `topic/partition`. */
  readonly #offsets = new Map<string, Map<string, number>>();

  constructor(options: BrokerOptions) {
    this.#host = options.host;
    this.#onAppend = options.onAppend;
    this.#groupSettings = { ...defaultGroupSettings, ...options.groups };
  }

  /** As the request of that name would, for whoever builds the world. */
  createTopic(topic: string, partitionCount: number): KafkaErrorCode {
    if (this.#topics.has(topic)) return "TOPIC_ALREADY_EXISTS";
    if (!Number.isSafeInteger(partitionCount) || partitionCount < 1) return "INVALID_PARTITIONS";
    const logs = Array.from(
      { length: partitionCount },
      (_, partition) => new PartitionLog(topic, partition),
    );
    this.#topics.set(topic, logs);
    this.#host.trace("create-topic", topic, partitionCount);
    return "NONE";
  }

  openSession(): BrokerSession {
    const waits = new Set<FetchWait>();
    return {
      request: (request, reply) => this.#handle(request, reply, waits),
      close: () => {
        for (const wait of waits) wait.abandon();
      },
    };
  }

  topics(): readonly string[] {
    return [...this.#topics.keys()];
  }

  records(topic: string): readonly ObservedRecord[] {
    return this.#knownTopic(topic).flatMap((log) =>
      log.all().map((record) => ({
        ...record,
        topic,
        partition: log.partition,
        offset: BigInt(record.offset),
      })),
    );
  }

  progress(group: string, topic: string): readonly PartitionProgress[] {
    const offsets = this.#offsets.get(group);
    return this.#knownTopic(topic).map((log) => {
      const committed = offsets?.get(log.name);
      return {
        topic,
        partition: log.partition,
        committed: committed === undefined ? undefined : BigInt(committed),
        highWatermark: BigInt(log.highWatermark),
        lag: log.highWatermark - (committed ?? 0),
      };
    });
  }

  group(name: string): ReturnType<BrokerObservation["group"]> {
    const group = this.#groups.get(name);
    return {
      state: group?.state ?? "empty",
      generation: group?.generation ?? 0,
      memberIds: group?.members.map((member) => member.id) ?? [],
    };
  }

  #handle(request: KafkaRequest, reply: (reply: KafkaReply) => void, waits: Set<FetchWait>): void {
    switch (request.kind) {
      case "metadata":
        reply(this.#describeTopics(request));
        return;
      case "create-topics":
        reply({
          kind: "create-topics",
          topics: request.topics.map(({ topic, partitions }) => ({
            topic,
            error: this.createTopic(topic, partitions),
          })),
        });
        return;
      case "produce":
        reply(this.#produce(request));
        return;
      case "fetch":
        this.#fetch(request, reply, waits);
        return;
      case "list-offsets":
        reply(this.#listOffsets(request));
        return;
      case "join-group":
        this.#groupOf(request.group).join(request, reply);
        return;
      case "sync-group":
        this.#groupOf(request.group).sync(request, reply);
        return;
      case "heartbeat":
        reply({ kind: "heartbeat", error: this.#groupOf(request.group).heartbeat(request) });
        return;
      case "leave-group":
        reply({ kind: "leave-group", error: this.#groupOf(request.group).leave(request.memberId) });
        return;
      case "offset-commit":
        reply({ kind: "offset-commit", error: this.#commit(request) });
        return;
      case "offset-fetch":
        reply(this.#fetchOffsets(request));
        return;
    }
  }

  #describeTopics(request: RequestOf<"metadata">): ReplyOf<"metadata"> {
    const topics = request.topics.map((topic) => {
      const partitionCount = this.#topics.get(topic)?.length ?? 0;
      const error: KafkaErrorCode = partitionCount === 0 ? "UNKNOWN_TOPIC_OR_PARTITION" : "NONE";
      return { topic, error, partitionCount };
    });
    return { kind: "metadata", topics };
  }

  #produce(request: RequestOf<"produce">): ReplyOf<"produce"> {
    const batches = request.batches.map(({ topic, partition, records }) => {
      const log = this.#topics.get(topic)?.[partition];
      if (log === undefined) {
        return { topic, partition, error: "UNKNOWN_TOPIC_OR_PARTITION" as const, baseOffset: -1 };
      }
      const baseOffset = log.append(records, this.#host.nowMs());
      this.#host.trace("append", log.name, baseOffset);
      if (this.#onAppend !== undefined) tellAppended(log, baseOffset, this.#onAppend);
      return { topic, partition, error: "NONE" as const, baseOffset };
    });
    return { kind: "produce", batches };
  }

  #fetch(
    request: RequestOf<"fetch">,
    reply: (reply: KafkaReply) => void,
    waits: Set<FetchWait>,
  ): void {
    if (request.minBytes !== 1) {
      this.#host.fail(
        new NotSimulated(
          "fetch with a minimum other than one byte",
          `minBytes ${request.minBytes}`,
        ),
      );
      return;
    }
    const answer = this.#readPartitions(request);
    const isReady = answer.partitions.some(
      ({ error, records }) => error !== "NONE" || records.length > 0,
    );
    if (isReady || request.maxWaitMs === 0) {
      reply(answer);
      return;
    }
    const logs = request.partitions.flatMap(({ topic, partition }) => {
      const log = this.#topics.get(topic)?.[partition];
      return log === undefined ? [] : [log];
    });
    const wait = new FetchWait({
      host: this.#host,
      logs,
      maxWaitMs: request.maxWaitMs,
      onOver: () => {
        waits.delete(wait);
        reply(this.#readPartitions(request));
      },
    });
    waits.add(wait);
  }

  #readPartitions(request: RequestOf<"fetch">): ReplyOf<"fetch"> {
    const partitions = request.partitions.map(({ topic, partition, offset }) => {
      const log = this.#topics.get(topic)?.[partition];
      const highWatermark = log?.highWatermark ?? -1;
      if (log === undefined || offset < 0 || offset > highWatermark) {
        const error: KafkaErrorCode =
          log === undefined ? "UNKNOWN_TOPIC_OR_PARTITION" : "OFFSET_OUT_OF_RANGE";
        return { topic, partition, error, highWatermark, records: [] };
      }
      const records = log.read(offset, request.maxBytesPerPartition);
      return { topic, partition, error: "NONE" as const, highWatermark, records };
    });
    return { kind: "fetch", partitions };
  }

  #listOffsets(request: RequestOf<"list-offsets">): ReplyOf<"list-offsets"> {
    const partitions = request.partitions.map(({ topic, partition }) => {
      const log = this.#topics.get(topic)?.[partition];
      if (log === undefined) {
        return { topic, partition, error: "UNKNOWN_TOPIC_OR_PARTITION" as const, offset: -1 };
      }
      const offset = request.at === "earliest" ? 0 : log.highWatermark;
      return { topic, partition, error: "NONE" as const, offset };
    });
    return { kind: "list-offsets", partitions };
  }

  #commit(request: RequestOf<"offset-commit">): KafkaErrorCode {
    const { group, offsets } = request;
    const error = this.#groupOf(group).admitCommit(request);
    for (const { topic, partition, offset } of offsets) {
      const name = `${topic}/${partition}`;
      this.#host.trace(error === "NONE" ? "commit" : "commit-refused", `${group} ${name}`, offset);
      if (error === "NONE") this.#offsetsOf(group).set(name, offset);
    }
    return error;
  }

  #fetchOffsets(request: RequestOf<"offset-fetch">): ReplyOf<"offset-fetch"> {
    const offsets = this.#offsetsOf(request.group);
    const partitions = request.partitions.map(({ topic, partition }) => {
      return { topic, partition, offset: offsets.get(`${topic}/${partition}`) ?? -1 };
    });
    return { kind: "offset-fetch", partitions };
  }

  #offsetsOf(group: string): Map<string, number> {
    let offsets = this.#offsets.get(group);
    if (offsets === undefined) this.#offsets.set(group, (offsets = new Map<string, number>()));
    return offsets;
  }

  #groupOf(name: string): ConsumerGroup {
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = new ConsumerGroup({ name, host: this.#host, settings: this.#groupSettings });
      this.#groups.set(name, group);
    }
    return group;
  }

  #knownTopic(topic: string): readonly PartitionLog[] {
    const logs = this.#topics.get(topic);
    if (logs === undefined)
      throw new Error(`no topic ${topic}: there is ${this.topics().join(", ")}`);
    return logs;
  }
}

function tellAppended(
  log: PartitionLog,
  baseOffset: number,
  onAppend: (record: AppendedRecord) => void,
): void {
  for (const { key, value, offset } of log.read(baseOffset, Number.MAX_SAFE_INTEGER)) {
    onAppend({ topic: log.topic, partition: log.partition, offset: BigInt(offset), key, value });
  }
}
