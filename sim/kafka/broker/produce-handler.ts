import type { BrokerHost } from "../ground/broker-host.ts";
import type { KafkaErrorCode } from "../protocol/error-code.ts";
import type { IdempotentProducer, ReplyOf, RequestOf, SentBatch } from "../protocol/protocol.ts";
import { appendToLeader } from "./append-to-leader.ts";
import type { Leadership } from "./leadership.ts";
import type { ReplicaManager } from "./replica-manager.ts";

/** A batch at the moment in which it becomes part of its leader's log. */
export interface AppendedBatch extends SentBatch {
  readonly clientId: string;
  readonly baseOffset: number;
}

export interface ProduceHandlerOptions {
  readonly host: BrokerHost;
  readonly replicas: ReplicaManager;
  /** Why a partition that this broker does not lead is refused. */
  readonly refusalOf: (batch: SentBatch) => KafkaErrorCode;
  readonly onAppend: ((batch: AppendedBatch) => void) | undefined;
}

/** Who produces, and how it is answered. */
export interface ProduceClient {
  readonly clientId: string;
  readonly reply: (reply: ReplyOf<"produce">) => void;
  /** Without acknowledgements an error has no answer: the connection ends. */
  readonly disconnect: () => void;
}

type BatchAnswer = ReplyOf<"produce">["batches"][number];

/**
 * Takes produce requests, as Kafka's ReplicaManager does: each batch to its log, and then, with
 * acks from all, the wait for the replicas. What is not answered in time may be there all the same.
 */
export class ProduceHandler {
  readonly #options: ProduceHandlerOptions;

  constructor(options: ProduceHandlerOptions) {
    this.#options = options;
  }

  handle(request: RequestOf<"produce">, client: ProduceClient): void {
    const { acks, batches, producer } = request;
    const answers: BatchAnswer[] = [];
    const waits: ReplicationWaits = new ReplicationWaits(answers);
    for (const batch of batches) {
      this.#append(batch, { clientId: client.clientId, producer, acks, answers, waits });
    }
    if (acks === 0) {
      if (answers.some(({ error }) => error !== "NONE")) {
        client.disconnect();
      } else {
        client.reply({ kind: "produce", batches: [] });
      }
      return;
    }
    waits.end(this.#options.host, request.timeoutMs, () =>
      client.reply({ kind: "produce", batches: answers }),
    );
  }

  #append(
    batch: SentBatch,
    context: {
      readonly clientId: string;
      readonly producer: IdempotentProducer | null;
      readonly acks: 0 | 1 | "all";
      readonly answers: BatchAnswer[];
      readonly waits: ReplicationWaits;
    },
  ): void {
    const { host, replicas, refusalOf, onAppend } = this.#options;
    const { topic, partition, records, baseSequence } = batch;
    const { clientId, producer, acks, answers, waits } = context;
    const leadership = replicas.leadershipOf(batch);
    const result =
      leadership === undefined
        ? { kind: "refused" as const, error: refusalOf(batch) }
        : appendToLeader(leadership, {
            records,
            producer: producer === null ? undefined : { ...producer, baseSequence },
            needsAll: acks === "all",
            nowMs: host.nowMs(),
          });
    if (leadership === undefined || result.kind === "refused") {
      const error = result.kind === "refused" ? result.error : "NOT_LEADER_OR_FOLLOWER";
      answers.push({ topic, partition, error, baseOffset: -1, logStartOffset: -1 });
      return;
    }
    const { baseOffset, nextOffset } = result;
    const { startOffset: logStartOffset, name } = leadership.log;
    answers.push({ topic, partition, error: "NONE", baseOffset, logStartOffset });
    if (result.kind === "appended") {
      host.trace("append", name, baseOffset);
      onAppend?.({ ...batch, clientId, baseOffset });
      replicas.onAppend(leadership);
    } else {
      host.trace("duplicate", name, baseOffset);
    }
    if (acks === "all" && leadership.highWatermark < nextOffset) {
      waits.add(leadership, nextOffset, answers.length - 1);
    }
  }
}

/** What one produce request still waits for: Kafka's DelayedProduce. */
class ReplicationWaits {
  readonly #answers: BatchAnswer[];
  /** By place among the answers: how the wait is called off. */
  readonly #open = new Map<number, () => void>();
  #onOver: (() => void) | undefined;

  constructor(answers: BatchAnswer[]) {
    this.#answers = answers;
  }

  add(leadership: Leadership, nextOffset: number, index: number): void {
    const tell = (error: KafkaErrorCode): void => {
      this.#open.delete(index);
      this.#note(index, error);
      if (this.#open.size === 0) {
        this.#onOver?.();
      }
    };
    this.#open.set(index, () => leadership.stopWaiting(tell));
    leadership.whenReplicated(nextOffset, tell);
  }

  /** Told when all is there, or the time is over: then it is not known whether it will be. */
  end(host: BrokerHost, timeoutMs: number, onOver: () => void): void {
    if (this.#open.size === 0) {
      onOver();
      return;
    }
    const timer = host.setTimer(timeoutMs, () => {
      for (const [index, stopWaiting] of this.#open) {
        stopWaiting();
        this.#note(index, "REQUEST_TIMED_OUT");
      }
      onOver();
    });
    this.#onOver = () => {
      timer.cancel();
      onOver();
    };
  }

  #note(index: number, error: KafkaErrorCode): void {
    const answer = this.#answers[index];
    if (answer !== undefined && error !== "NONE") {
      this.#answers[index] = { ...answer, error, baseOffset: -1 };
    }
  }
}
