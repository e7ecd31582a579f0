import { NotSimulated } from "../../kernel/not-simulated.ts";
import type { RandomStream } from "../../kernel/random.ts";
import type { SimulatedProcess } from "../../kernel/simulated-process.ts";
import { SimulationBug } from "../../kernel/simulation-bug.ts";
import type { ReplyOf, StoredRecord, TopicPartition } from "../protocol/protocol.ts";
import { BrokerConnection, isConnectionError, type ClientPlace } from "./broker-connection.ts";
import { FetchPositions } from "./fetch-positions.ts";
import { GroupMembership, type MembershipOptions } from "./group-membership.ts";
import { KafkaError, throwOnError } from "./kafka-error.ts";
import { RetryDelays, type RetryOptions } from "./retry-delays.ts";

/** One delivery of one record. */
export interface ConsumerMessage extends TopicPartition {
  readonly offset: bigint;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: ReadonlyMap<string, string>;
}

/**
 * Handles one delivery; `commit` records that everything up to it is done. A throw means: deliver
 * again.
 */
export type MessageHandler = (
  message: ConsumerMessage,
  commit: () => Promise<void>,
) => Promise<void>;

export interface ConsumerOptions extends MembershipOptions {
  /** Where a group without a committed offset begins: at the first record, or behind the last. */
  readonly fromBeginning: boolean;
  readonly heartbeatIntervalMs: number;
  readonly maxWaitMs: number;
  readonly maxBytesPerPartition: number;
  readonly retry: RetryOptions;
  readonly onMessage: MessageHandler;
  /** The retries ran out: it leaves the group and begins anew. */
  readonly onRestart: (reason: string) => void;
  /** It met what kafkajs calls not retriable: it has left the group and does not come back. */
  readonly onEnd: (error: Error) => void;
}

/**
 * Consumes as kafkajs 2.2.4 does without autoCommit: one message at a time, heartbeats between
 * messages and after an empty fetch only, and after a failure back to the message that failed. The
 * retries are counted from its last join on, whatever went well in between: after the last one it
 * leaves the group and starts anew, for ever. After what kafkajs calls not retriable it is gone:
 * only the crash event tells, and `start` has settled as if all were well.
 *
 * Left out so far: partitions consumed concurrently, and the old generation's handler that runs on
 * beside the new one (kafkajs #1097).
 */
export class Consumer {
  readonly #process: SimulatedProcess;
  readonly #options: ConsumerOptions;
  /**
   * kafkajs keeps fetches on a connection of their own, so that a long poll holds up nothing else.
   */
  readonly #fetches: BrokerConnection;
  readonly #requests: BrokerConnection;
  readonly #membership: GroupMembership;
  readonly #positions: FetchPositions;
  readonly #delays: RetryDelays;
  #isRunning = true;
  /** It is a member and knows from where to fetch. */
  #isReady = false;
  #heartbeatAtMs = 0;
  #ended: Promise<void> = Promise.resolve();

  constructor(parts: { place: ClientPlace; options: ConsumerOptions; stream: RandomStream }) {
    const { place, options } = parts;
    this.#process = place.process;
    this.#options = options;
    this.#fetches = new BrokerConnection(place);
    this.#requests = new BrokerConnection(place);
    this.#membership = new GroupMembership(options, this.#requests);
    this.#positions = new FetchPositions(options, this.#requests);
    this.#delays = new RetryDelays(options.retry, parts.stream);
  }

  /** Settles once it has joined its group for the first time; consumes until stopped. */
  start(): Promise<void> {
    return this.#process.promise(`joining ${this.#options.group}`, (resolve) => {
      this.#ended = this.#run(resolve);
    });
  }

  /** Settles when the message in hand, or the long poll, is over, and the group is left. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    await this.#ended;
  }

  async #run(onJoined: () => void): Promise<void> {
    while (this.#isRunning) {
      const wasReady = this.#isReady;
      try {
        if (!wasReady) {
          await this.#join();
          onJoined();
          this.#delays.reset();
        }
        await this.#fetchAndHandle();
      } catch (error) {
        if (isFinal(error)) {
          await this.#end(error);
          onJoined();
          return;
        }
        await this.#recover(error, wasReady);
      }
    }
    await this.#leave();
  }

  async #end(error: Error): Promise<void> {
    this.#isRunning = false;
    await this.#leave();
    this.#options.onEnd(error);
  }

  async #join(): Promise<void> {
    // A join that succeeded stands, even when the positions could not be had after it.
    if (!this.#membership.isJoined) {
      await this.#membership.join();
    }
    this.#heartbeatAtMs = this.#process.nowMs();
    await this.#positions.load(this.#membership.assignment);
    this.#isReady = true;
  }

  async #fetchAndHandle(): Promise<void> {
    const { maxWaitMs, maxBytesPerPartition } = this.#options;
    const partitions = this.#positions.all();
    if (partitions.length === 0) {
      await this.#process.sleep(maxWaitMs);
      await this.#heartbeatIfDue();
      return;
    }
    const fetched = await this.#fetches.ask("fetch", {
      kind: "fetch",
      maxWaitMs,
      minBytes: 1,
      maxBytes: FETCH_BYTES_MAX,
      maxBytesPerPartition,
      partitions,
    });
    const recordCount = await this.#handleBatches(fetched.partitions);
    if (recordCount === 0) {
      await this.#heartbeatIfDue();
    }
  }

  /**
   * As kafkajs's worker has it: where the batch of one partition fails, those of the others are
   * handled all the same, and only then the first failure is thrown.
   */
  async #handleBatches(batches: ReplyOf<"fetch">["partitions"]): Promise<number> {
    const failures: unknown[] = [];
    let recordCount = 0;
    for (const batch of batches) {
      try {
        recordCount += await this.#handleBatch(batch);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) {
      throw failures[0];
    }
    return recordCount;
  }

  async #handleBatch(batch: ReplyOf<"fetch">["partitions"][number]): Promise<number> {
    const { topic, partition, records, error } = batch;
    if (error === "OFFSET_OUT_OF_RANGE") {
      await this.#positions.reset([{ topic, partition }]);
    } else {
      throwOnError(error, `fetch of ${topic}/${partition}`);
    }
    for (const record of records) {
      if (!this.#isRunning) {
        break;
      }
      await this.#handle({ topic, partition }, record);
      this.#positions.set({ topic, partition, offset: record.offset + 1 });
      await this.#heartbeatIfDue();
    }
    return records.length;
  }

  async #handle(place: TopicPartition, record: StoredRecord): Promise<void> {
    const { key, value, headers, offset } = record;
    const message = { ...place, offset: BigInt(offset), key, value, headers };
    const commit = () => this.#membership.commit({ ...place, offset: offset + 1 });
    try {
      await this.#options.onMessage(message, commit);
    } catch (error) {
      // A refused commit says what to do next; anything else is the handler's own failure.
      throw error instanceof KafkaError ? error : new HandlerFailed(error);
    }
  }

  async #heartbeatIfDue(): Promise<void> {
    const nowMs = this.#process.nowMs();
    if (nowMs < this.#heartbeatAtMs + this.#options.heartbeatIntervalMs) {
      return;
    }
    await this.#membership.heartbeat();
    this.#heartbeatAtMs = nowMs;
  }

  async #recover(error: unknown, wasReady: boolean): Promise<void> {
    const isRefusal = error instanceof KafkaError && REJOIN_CODES.has(error.code);
    if (isRefusal) {
      this.#membership.lose(error.code);
      this.#isReady = false;
    }
    if (isRefusal && wasReady) {
      return;
    }
    const isKnown = error instanceof KafkaError || error instanceof HandlerFailed;
    // Whatever else is thrown here is a bug of the simulation: let it end the run.
    if (!isKnown && !isConnectionError(error)) {
      throw error instanceof NotSimulated ? error : new SimulationBug(error);
    }
    let delayMs = this.#delays.next();
    if (delayMs === undefined) {
      this.#options.onRestart(error.message);
      await this.#leave();
      this.#delays.reset();
      delayMs = this.#options.retry.initialRetryMs;
    }
    await this.#process.sleep(delayMs);
  }

  async #leave(): Promise<void> {
    this.#isReady = false;
    try {
      await this.#membership.leave();
    } catch (error) {
      // The broker is not there to hear it; the session time-out will do.
      if (!isConnectionError(error)) {
        throw error;
      }
    }
    this.#fetches.close();
    this.#requests.close();
  }
}

/** `maxBytes` of kafkajs's consumer, 10 MiB. */
const FETCH_BYTES_MAX = 10_485_760;

/** The answers after which a member joins again; the group has moved on, or forgotten it. */
const REJOIN_CODES: ReadonlySet<KafkaError["code"]> = new Set<KafkaError["code"]>([
  "ILLEGAL_GENERATION",
  "UNKNOWN_MEMBER_ID",
  "REBALANCE_IN_PROGRESS",
]);

class HandlerFailed extends Error {
  override readonly name = "HandlerFailed";

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : "the message handler failed", { cause });
  }
}

/** What kafkajs calls not retriable. */
function isFinal(error: unknown): error is KafkaError | HandlerFailed {
  if (error instanceof HandlerFailed) {
    return error.cause instanceof Error && UNRECOVERABLE_NAMES.has(error.cause.name);
  }
  return error instanceof KafkaError && REFUSALS.has(error.code);
}

/** As kafkajs's `retry` has them: a handler that throws one of these is a bug to it. */
const UNRECOVERABLE_NAMES: ReadonlySet<string> = new Set([
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
]);

/** The answers that the broker would give again. */
const REFUSALS: ReadonlySet<KafkaError["code"]> = new Set<KafkaError["code"]>([
  "INVALID_SESSION_TIMEOUT",
  "INCONSISTENT_GROUP_PROTOCOL",
]);
