import type { RandomStream } from "../../../kernel/random.ts";
import type { SimulatedProcess } from "../../../kernel/simulated-process.ts";
import type { RecordData, ReplyOf, SentRecord, TopicPartition } from "../../protocol/protocol.ts";
import type { BrokerNode } from "../cluster/broker-node.ts";
import { isStaleMetadata, type Cluster } from "../cluster/cluster.ts";
import {
  ClientError,
  ConnectionClosed,
  ConnectionFailed,
  KafkaError,
  MetadataNotLoaded,
  NotRetriable,
  throwOnError,
} from "../ground/kafka-error.ts";
import { Bail, createRetrier, type Retrier, type RetryOptions } from "../ground/retrier.ts";
import { Partitioner } from "./partitioner.ts";
import { Sequences } from "./sequences.ts";

/** A record to send; the partition follows from the key. */
export interface ProducerRecord extends RecordData {
  readonly topic: string;
}

/** Where the records of one partition of a send begin in its log. */
type SentPartition = ReplyOf<"produce">["batches"][number];

/** What a send came to. */
export interface Sent {
  /** Where the records were to go, the last time that they were sent. */
  readonly wanted: readonly TopicPartition[];
  /** For which partitions leaders answered; none for a send without acks. */
  readonly answered: readonly SentPartition[];
}

export interface ProducerOptions {
  /** Who must have the records before the broker answers. */
  readonly acks: 0 | 1 | "all";
  /** How long a leader waits for the other replicas. */
  readonly ackTimeoutMs: number;
  /** Batches are numbered, so that the broker knows a repetition. Needs acks from all. */
  readonly idempotent: boolean;
  readonly retry: RetryOptions;
}

type Batch = TopicPartition & { readonly records: SentRecord[] };

/**
 * Sends as kafkajs's producer does (src/producer): one request to each leader, sent again after an
 * error or a lost reply, so a record may land twice. Records of one partition keep their order
 * within a send.
 *
 * What a leader has answered is not asked of it again within a send. So a partition whose leader
 * moves, while the send is retried, to a broker that has answered already is left out, and the send
 * succeeds without it: only what the send answers tells.
 */
export class KafkaProducer {
  readonly #process: SimulatedProcess;
  readonly #cluster: Cluster;
  readonly #options: ProducerOptions;
  readonly #retrier: Retrier;
  readonly #partitioner: Partitioner;
  #sequences: Sequences | undefined;
  /** By broker: an idempotent producer has one request under way to each. */
  readonly #turns = new Map<number, Promise<unknown>>();
  #status: "disconnected" | "connected" | "disconnecting" = "disconnected";

  constructor(parts: {
    readonly process: SimulatedProcess;
    readonly cluster: Cluster;
    readonly options: ProducerOptions;
    readonly stream: RandomStream;
  }) {
    const { process, stream, options } = parts;
    this.#process = process;
    this.#cluster = parts.cluster;
    this.#options = options;
    this.#retrier = createRetrier({ process, stream, options: options.retry });
    this.#partitioner = new Partitioner(stream);
  }

  /** @throws ClientError when no broker can be reached */
  async connect(): Promise<void> {
    await this.#cluster.connect();
    this.#status = "connected";
    if (this.#options.idempotent && this.#sequences === undefined) {
      await this.#askForId();
    }
  }

  /**
   * Settles when every leader that was asked has answered.
   *
   * @throws ClientError after the last retry, or when it is not worth one: some or all of the
   *   records may be in the log
   */
  async send(records: readonly ProducerRecord[]): Promise<Sent> {
    if (this.#status !== "connected") {
      throw new NotRetriable(`the producer is ${this.#status}`);
    }
    const topics = [...new Set(records.map(({ topic }) => topic))];
    const answered = new Map<BrokerNode, readonly SentPartition[] | undefined>();
    return this.#retrier(async () => {
      await this.#useTopics(topics);
      try {
        const wanted = await this.#sendOnce(records, answered);
        const partitions = [...answered.values()].flatMap((ofOne) => ofOne ?? []);
        return { wanted, answered: partitions };
      } catch (error) {
        return this.#recover(error);
      }
    });
  }

  /** Waits for what is under way, then hangs up. */
  async disconnect(): Promise<void> {
    this.#status = "disconnecting";
    await this.#cluster.disconnect();
    this.#status = "disconnected";
  }

  /** Not inside `#recover`: what this throws is tried again as the error says, and no more. */
  #useTopics(topics: readonly string[]): Promise<void> {
    return this.#cluster.useTopics(topics);
  }

  async #sendOnce(
    records: readonly ProducerRecord[],
    answered: Map<BrokerNode, readonly SentPartition[] | undefined>,
  ): Promise<readonly TopicPartition[]> {
    await this.#cluster.refreshMetadataIfNecessary();
    const divided = this.#divide(records);
    const byLeader = this.#cluster.groupByLeader(divided);
    const brokers = new Map<BrokerNode, readonly Batch[]>();
    for (const [leader, batches] of byLeader) {
      const broker = await this.#cluster.findBroker(leader);
      brokers.set(broker, batches);
      if (!answered.has(broker)) {
        answered.set(broker, undefined);
      }
    }
    const waiting = [...answered].filter(([, partitions]) => partitions === undefined);
    await Promise.all(
      waiting.map(async ([broker]) => {
        try {
          const batches = brokers.get(broker) ?? [];
          answered.set(broker, await this.#inTurn(broker, () => this.#ask(broker, batches)));
        } catch (error) {
          answered.delete(broker);
          throw error;
        }
      }),
    );
    return divided;
  }

  #divide(records: readonly ProducerRecord[]): readonly Batch[] {
    const batches = new Map<string, Batch>();
    const timestampMs = this.#process.nowMs();
    for (const { topic, key, value, headers } of records) {
      const known = this.#cluster.partitionsOf(topic);
      if (known.length === 0) {
        throw new MetadataNotLoaded(`producing to ${topic} without metadata`);
      }
      const partition = this.#partitioner.choose(topic, key, known);
      const name = `${topic}/${partition}`;
      let batch = batches.get(name);
      if (batch === undefined) {
        batches.set(name, (batch = { topic, partition, records: [] }));
      }
      // What is not well-formed has no bytes of its own in UTF-8.
      const text = value === null ? null : value.toWellFormed();
      batch.records.push({ key, value: text, headers, timestampMs });
    }
    return [...batches.values()];
  }

  async #ask(broker: BrokerNode, batches: readonly Batch[]): Promise<readonly SentPartition[]> {
    const { acks, ackTimeoutMs } = this.#options;
    const sequences = this.#sequences;
    const numbered = batches.map((batch) => ({
      ...batch,
      baseSequence: sequences?.take(batch, batch.records.length) ?? -1,
    }));
    try {
      const reply = await broker.ask("produce", {
        kind: "produce",
        acks,
        timeoutMs: ackTimeoutMs,
        producer: sequences?.producer ?? null,
        batches: numbered,
      });
      for (const { topic, partition, error } of reply.batches) {
        throwOnError(error, `produce to ${topic}/${partition}`);
      }
      return reply.batches;
    } catch (error) {
      for (const batch of batches) {
        sequences?.giveBack(batch, batch.records.length);
      }
      throw error;
    }
  }

  async #recover(error: unknown): Promise<never> {
    if (error instanceof ConnectionClosed) {
      this.#cluster.removeBroker(error.address);
    }
    if (!(error instanceof ClientError)) {
      throw error;
    }
    if (!this.#cluster.isConnected) {
      await this.#cluster.connect();
      await this.#cluster.refreshMetadata();
      throw error;
    }
    if (
      isStaleMetadata(error) ||
      error instanceof MetadataNotLoaded ||
      error instanceof ConnectionFailed ||
      error instanceof ConnectionClosed ||
      (error instanceof KafkaError && error.retriable)
    ) {
      await this.#cluster.refreshMetadata();
      throw error;
    }
    throw error.retriable ? error : new Bail(error);
  }

  /** For a producer whose batches are numbered: one request at a time to each broker. */
  async #inTurn<T>(broker: BrokerNode, ask: () => Promise<T>): Promise<T> {
    const { nodeId } = broker;
    if (this.#sequences === undefined || nodeId === undefined) {
      return ask();
    }
    const asked = (this.#turns.get(nodeId) ?? Promise.resolve()).then(ask);
    this.#turns.set(
      nodeId,
      asked.then(
        () => {},
        () => {},
      ),
    );
    return asked;
  }

  async #askForId(): Promise<void> {
    await this.#retrier(async () => {
      try {
        await this.#cluster.refreshMetadataIfNecessary();
        const broker = await this.#cluster.anyBroker();
        const reply = await broker.ask("init-producer-id", { kind: "init-producer-id" });
        throwOnError(reply.error, "init-producer-id");
        this.#sequences = new Sequences(reply.producer);
      } catch (error) {
        throw isCoordinatorAway(error) ? error : new Bail(error);
      }
    });
  }
}

/** The errors after which kafkajs asks for an id again. */
function isCoordinatorAway(error: unknown): boolean {
  return (
    error instanceof KafkaError &&
    (error.code === "NOT_COORDINATOR" ||
      error.code === "COORDINATOR_NOT_AVAILABLE" ||
      error.code === "COORDINATOR_LOAD_IN_PROGRESS")
  );
}
