import type { BrokerHost } from "../ground/broker-host.ts";
import type { KafkaErrorCode } from "../protocol/error-code.ts";
import type { ReplyOf, RequestOf, SentBatch } from "../protocol/protocol.ts";
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
    const { acks, timeoutMs } = request;
    const answers: BatchAnswer[] = [];
    /** Most of the time there is nothing to wait for. */
    let waits: ReplicationWaits | undefined;
    for (const batch of request.batches) {
      const { leadership, nextOffset, answer } = this.#append(batch, request, client.clientId);
      answers.push(answer);
      if (leadership !== undefined && acks === "all" && leadership.highWatermark < nextOffset) {
        waits ??= new ReplicationWaits(answers);
        waits.add(leadership, nextOffset, answers.length - 1);
      }
    }
    if (acks === 0) {
      if (answers.some(({ error }) => error !== "NONE")) {
        client.disconnect();
      } else {
        client.reply({ kind: "produce", batches: [] });
      }
    } else if (waits === undefined) {
      client.reply({ kind: "produce", batches: answers });
    } else {
      waits.end(this.#options.host, timeoutMs, () =>
        client.reply({ kind: "produce", batches: answers }),
      );
    }
  }

  #append(
    batch: SentBatch,
    { acks, producer }: RequestOf<"produce">,
    clientId: string,
  ): {
    readonly answer: BatchAnswer;
    /** Undefined where nothing was appended, and nothing is there already. */
    readonly leadership: Leadership | undefined;
    readonly nextOffset: number;
  } {
    const { host, replicas, refusalOf, onAppend } = this.#options;
    const { records, baseSequence } = batch;
    const leadership = replicas.leadershipOf(batch);
    if (leadership === undefined) {
      return refuse(batch, refusalOf(batch));
    }
    const result = appendToLeader(leadership, {
      records,
      producer: producer === null ? undefined : { ...producer, baseSequence },
      needsAll: acks === "all",
      nowMs: host.nowMs(),
    });
    if (result.kind === "refused") {
      return refuse(batch, result.error);
    }
    const { kind, baseOffset, nextOffset } = result;
    const { topic, partition, startOffset: logStartOffset, name } = leadership.log;
    host.trace(kind === "appended" ? "append" : "duplicate", name, baseOffset);
    if (kind === "appended") {
      onAppend?.({ ...batch, clientId, baseOffset });
      replicas.onAppend(leadership);
    }
    const answer = { topic, partition, error: "NONE", baseOffset, logStartOffset } as const;
    return { answer, leadership, nextOffset };
  }
}

function refuse({ topic, partition }: SentBatch, error: KafkaErrorCode) {
  const answer = { topic, partition, error, baseOffset: -1, logStartOffset: -1 };
  return { answer, leadership: undefined, nextOffset: -1 };
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
