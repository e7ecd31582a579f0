import { createKernel, type Kernel } from "../../kernel/kernel.ts";
import { createNetwork } from "../../network/network.ts";
import { observeCluster, type ClusterObservation } from "../cluster/cluster-observation.ts";
import { startKafkaCluster, type KafkaCluster } from "../cluster/kafka-cluster.ts";
import { DEFAULT_GROUP_SETTINGS, type GroupSettings } from "../groups/group-settings.ts";
import { kafkaProtocol } from "../protocol/kafka-port.ts";
import type {
  KafkaReply,
  KafkaRequest,
  ReplyOf,
  RequestKind,
  RequestOf,
  SentRecord,
} from "../protocol/protocol.ts";

/** What was asked, and the reply once it is there. */
export interface Asked<Kind extends RequestKind> {
  reply: ReplyOf<Kind> | undefined;
}

/** Brokers alone, spoken to request by request, each over a connection of its own. */
export class ClusterConversation {
  readonly cluster: KafkaCluster;
  readonly observation: ClusterObservation;
  /** How often a broker hung up. */
  hangUps = 0;
  readonly #kernel: Kernel;
  readonly #script: (() => void)[] = [];

  constructor(options: { brokers?: number; seed?: string; groups?: Partial<GroupSettings> } = {}) {
    const { brokers = 1, seed = "conversation", groups } = options;
    this.#kernel = createKernel({ seed });
    this.cluster = startKafkaCluster({
      kernel: this.#kernel,
      network: createNetwork({ kernel: this.#kernel }),
      ports: Array.from({ length: brokers }, (_, index) => kafkaProtocol.at(`kafka-${index + 1}`)),
      settings: { groups: { ...DEFAULT_GROUP_SETTINGS, ...groups } },
    });
    this.observation = observeCluster(this.cluster);
  }

  /** How many events have happened. */
  get step(): number {
    return this.#kernel.step;
  }

  /** Of a broker that runs. */
  ask<Kind extends RequestKind>(
    request: KafkaRequest & { readonly kind: Kind },
    nodeId = 1,
  ): Asked<Kind> {
    const asked: Asked<Kind> = { reply: undefined };
    this.askAndHear<Kind>(request, nodeId, (reply) => {
      asked.reply = reply;
    });
    return asked;
  }

  /** As `ask`, and tells the reply when it comes. */
  askAndHear<Kind extends RequestKind>(
    request: KafkaRequest & { readonly kind: Kind },
    nodeId: number,
    hear: (reply: ReplyOf<Kind>) => void,
  ): void {
    const session = this.cluster.broker(nodeId)?.openSession({
      clientId: "client-1",
      disconnect: () => {
        this.hangUps += 1;
      },
    });
    session?.request(request, (reply) => {
      if (!isReplyOf(request.kind, reply)) {
        throw new Error(`a ${request.kind} request was answered with ${reply.kind}`);
      }
      hear(reply);
    });
  }

  /** What is done, and looked at, at that time. */
  at(timeMs: number, step: () => void): void {
    this.#script.push(() => {
      this.#kernel.schedule({ delayUs: timeMs * 1_000, actor: "script", callback: step });
    });
  }

  /** Plays all steps, and goes on for that long. */
  async play(lengthMs = 100_000): Promise<void> {
    for (const add of this.#script) {
      add();
    }
    await this.#kernel.run((main) => main.sleep(lengthMs));
  }
}

function isReplyOf<Kind extends RequestKind>(
  kind: Kind,
  reply: KafkaReply,
): reply is ReplyOf<Kind> {
  return reply.kind === kind;
}

/** A request to produce these values to partition 0 of `payments`. */
export function produce(
  values: readonly string[],
  options: Partial<Omit<RequestOf<"produce">, "kind" | "batches">> & {
    readonly baseSequence?: number;
    readonly partition?: number;
    readonly timestampMs?: number;
  } = {},
): RequestOf<"produce"> {
  const { baseSequence = -1, partition = 0, timestampMs = 0, ...rest } = options;
  const records: readonly SentRecord[] = values.map((value) => {
    return { key: null, value, headers: new Map(), timestampMs };
  });
  return {
    kind: "produce",
    acks: "all",
    timeoutMs: 30_000,
    producer: null,
    ...rest,
    batches: [{ topic: "payments", partition, records, baseSequence }],
  };
}

/** A request to read partition 0 of `payments`. */
export function fetch(
  offset: number,
  options: Partial<Omit<RequestOf<"fetch">, "kind" | "partitions">> = {},
): RequestOf<"fetch"> {
  return {
    kind: "fetch",
    maxWaitMs: 0,
    minBytes: 1,
    maxBytes: 10_000_000,
    maxBytesPerPartition: 1_000_000,
    ...options,
    partitions: [{ topic: "payments", partition: 0, offset }],
  };
}
