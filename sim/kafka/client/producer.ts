import type { RandomStream } from "../../kernel/random.ts";
import type { SimulatedProcess } from "../../kernel/simulated-process.ts";
import type { RecordData, SentBatch, SentRecord } from "../protocol/protocol.ts";
import { BrokerConnection, isConnectionError, type ClientPlace } from "./broker-connection.ts";
import { partitionForKey } from "./default-partitioner.ts";
import { KafkaError, SendFailed, throwOnError } from "./kafka-error.ts";
import { RetryDelays, type RetryOptions } from "./retry-delays.ts";

/** A record to send; the partition follows from the key. */
export interface ProducerRecord extends RecordData {
  readonly topic: string;
}

type Batch = SentBatch & { readonly records: SentRecord[] };

/** `timeout` of kafkajs's `send`. */
const ACKS_TIMEOUT_MS = 30_000;

/**
 * Sends as kafkajs's producer does with acks from all and no idempotence: one request per send,
 * retried after a lost reply, so a record may land twice. Records of one partition keep their order
 * within a send.
 */
export class KafkaProducer {
  readonly #process: SimulatedProcess;
  readonly #connection: BrokerConnection;
  readonly #retry: RetryOptions;
  readonly #stream: RandomStream;
  readonly #partitionCounts = new Map<string, number>();
  #keylessCount: number;

  constructor(options: { place: ClientPlace; retry: RetryOptions; stream: RandomStream }) {
    this.#process = options.place.process;
    this.#connection = new BrokerConnection(options.place);
    this.#retry = options.retry;
    this.#stream = options.stream;
    // kafkajs starts its round of keyless records at a random partition.
    this.#keylessCount = options.stream.integer(0, 0xffff);
  }

  /** Settles once all records are in the log; rejects with `SendFailed` after the last retry. */
  async send(records: readonly ProducerRecord[]): Promise<void> {
    if (records.length === 0) {
      return;
    }
    const delays = new RetryDelays(this.#retry, this.#stream);
    let applied: "no" | "unknown" = "no";
    for (let attempts = 1; ; attempts += 1) {
      try {
        await this.#attempt(records);
        return;
      } catch (error) {
        if (!isConnectionError(error) && !(error instanceof KafkaError)) {
          throw error;
        }
        // A reply with an error in one partition says nothing of the others.
        if (error instanceof KafkaError ? records.length > 1 : error.sent) {
          applied = "unknown";
        }
        const delayMs = delays.next();
        if (delayMs === undefined) {
          throw new SendFailed({ applied, attempts, cause: error });
        }
        await this.#process.sleep(delayMs);
      }
    }
  }

  /** Hangs up. What is being sent may or may not land. */
  disconnect(): Promise<void> {
    this.#connection.close();
    return Promise.resolve();
  }

  async #attempt(records: readonly ProducerRecord[]): Promise<void> {
    const timestampMs = this.#process.nowMs();
    const batches = new Map<string, Batch>();
    for (const { topic, key, value, headers } of records) {
      const partition = this.#choosePartition(key, await this.#partitionCountOf(topic));
      const name = `${topic}/${partition}`;
      let batch = batches.get(name);
      if (batch === undefined) {
        batches.set(name, (batch = { topic, partition, records: [], baseSequence: -1 }));
      }
      batch.records.push({ key, value, headers, timestampMs });
    }
    const request = {
      kind: "produce",
      acks: "all",
      timeoutMs: ACKS_TIMEOUT_MS,
      producer: null,
      batches: [...batches.values()],
    } as const;
    const reply = await this.#connection.ask("produce", request);
    for (const batch of reply.batches) {
      throwOnError(batch.error, `produce to ${batch.topic}/${batch.partition}`);
    }
  }

  #choosePartition(key: string | null, partitionCount: number): number {
    if (key !== null) {
      return partitionForKey(key, partitionCount);
    }
    this.#keylessCount += 1;
    return this.#keylessCount % partitionCount;
  }

  async #partitionCountOf(topic: string): Promise<number> {
    const known = this.#partitionCounts.get(topic);
    if (known !== undefined) {
      return known;
    }
    const reply = await this.#connection.ask("metadata", { kind: "metadata", topics: [topic] });
    for (const { error, partitions } of reply.topics) {
      throwOnError(error, `metadata of ${topic}`);
      this.#partitionCounts.set(topic, partitions.length);
      return partitions.length;
    }
    throw new Error(`metadata of ${topic} came back without it`);
  }
}
