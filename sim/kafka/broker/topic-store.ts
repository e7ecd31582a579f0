import type { KafkaErrorCode } from "../protocol/error-code.ts";
import type { BrokerAddress, ReplyOf, RequestOf, TopicPartition } from "../protocol/protocol.ts";
import type { BrokerHost } from "./broker-host.ts";
import type { AppendedRecord } from "./broker-observation.ts";
import { PartitionLog } from "./partition-log.ts";

/** A broker's topics and what is asked of them at once, without waiting. */
export class TopicStore {
  readonly #host: BrokerHost;
  readonly #address: BrokerAddress;
  readonly #onAppend: ((record: AppendedRecord) => void) | undefined;
  readonly #topics = new Map<string, PartitionLog[]>();

  constructor(
    host: BrokerHost,
    address: BrokerAddress,
    onAppend: ((record: AppendedRecord) => void) | undefined,
  ) {
    this.#host = host;
    this.#address = address;
    this.#onAppend = onAppend;
  }

  names(): readonly string[] {
    return [...this.#topics.keys()];
  }

  log({ topic, partition }: TopicPartition): PartitionLog | undefined {
    return this.#topics.get(topic)?.[partition];
  }

  logs(topic: string): readonly PartitionLog[] {
    const logs = this.#topics.get(topic);
    if (logs === undefined) {
      throw new Error(`no topic ${topic}: there is ${this.names().join(", ")}`);
    }
    return logs;
  }

  create(topic: string, partitionCount: number): KafkaErrorCode {
    if (this.#topics.has(topic)) {
      return "TOPIC_ALREADY_EXISTS";
    }
    if (!Number.isSafeInteger(partitionCount) || partitionCount < 1) {
      return "INVALID_PARTITIONS";
    }
    const logs = Array.from(
      { length: partitionCount },
      (_, partition) => new PartitionLog(topic, partition),
    );
    this.#topics.set(topic, logs);
    this.#host.trace("create-topic", topic, partitionCount);
    return "NONE";
  }

  describe(request: RequestOf<"metadata">): ReplyOf<"metadata"> {
    const { nodeId } = this.#address;
    const topics = request.topics.map((topic) => {
      const logs = this.#topics.get(topic);
      const error: KafkaErrorCode = logs === undefined ? "UNKNOWN_TOPIC_OR_PARTITION" : "NONE";
      const partitions = (logs ?? []).map(({ partition }) => {
        return {
          partition,
          error: "NONE" as const,
          leader: nodeId,
          leaderEpoch: 0,
          replicas: [nodeId],
          isr: [nodeId],
        };
      });
      return { topic, error, partitions };
    });
    return { kind: "metadata", brokers: [this.#address], topics };
  }

  produce(request: RequestOf<"produce">, clientId: string): ReplyOf<"produce"> {
    const batches = request.batches.map(({ topic, partition, records }) => {
      const log = this.log({ topic, partition });
      if (log === undefined) {
        return {
          topic,
          partition,
          error: "UNKNOWN_TOPIC_OR_PARTITION" as const,
          baseOffset: -1,
          logStartOffset: -1,
        };
      }
      const baseOffset = log.append(records);
      this.#host.trace("append", log.name, baseOffset);
      if (this.#onAppend !== undefined) {
        tellAppended(log, { baseOffset, clientId }, this.#onAppend);
      }
      return { topic, partition, error: "NONE" as const, baseOffset, logStartOffset: 0 };
    });
    return { kind: "produce", batches };
  }

  /**
   * The logs of a fetch that has all there is; undefined when there is more to read in one, or an
   * error to tell.
   */
  logsAtEnd(request: RequestOf<"fetch">): readonly PartitionLog[] | undefined {
    const logs: PartitionLog[] = [];
    for (const place of request.partitions) {
      const log = this.log(place);
      if (log?.highWatermark !== place.offset) {
        return undefined;
      }
      logs.push(log);
    }
    return logs;
  }

  read(request: RequestOf<"fetch">): ReplyOf<"fetch"> {
    const partitions = request.partitions.map(({ topic, partition, offset }) => {
      const log = this.log({ topic, partition });
      const highWatermark = log?.highWatermark ?? -1;
      if (log === undefined || offset < 0 || offset > highWatermark) {
        const error: KafkaErrorCode =
          log === undefined ? "UNKNOWN_TOPIC_OR_PARTITION" : "OFFSET_OUT_OF_RANGE";
        return { topic, partition, error, highWatermark, logStartOffset: 0, records: [] };
      }
      const records = log.read(offset, request.maxBytesPerPartition);
      return {
        topic,
        partition,
        error: "NONE" as const,
        highWatermark,
        logStartOffset: 0,
        records,
      };
    });
    return { kind: "fetch", partitions };
  }

  listOffsets(request: RequestOf<"list-offsets">): ReplyOf<"list-offsets"> {
    const partitions = request.partitions.map(({ topic, partition }) => {
      const log = this.log({ topic, partition });
      if (log === undefined) {
        return {
          topic,
          partition,
          error: "UNKNOWN_TOPIC_OR_PARTITION" as const,
          offset: -1,
          timestampMs: -1,
        };
      }
      const offset = request.at === "earliest" ? 0 : log.highWatermark;
      return { topic, partition, error: "NONE" as const, offset, timestampMs: -1 };
    });
    return { kind: "list-offsets", partitions };
  }
}

function tellAppended(
  log: PartitionLog,
  { baseOffset, clientId }: { readonly baseOffset: number; readonly clientId: string },
  onAppend: (record: AppendedRecord) => void,
): void {
  for (const { key, value, offset } of log.read(baseOffset, Number.MAX_SAFE_INTEGER)) {
    const { topic, partition } = log;
    onAppend({ clientId, topic, partition, offset: BigInt(offset), key, value });
  }
}
