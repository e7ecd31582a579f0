import { NotSimulated } from "../../kernel/not-simulated.ts";
import type { KafkaErrorCode } from "../protocol/error-code.ts";
import type {
  BrokerAddress,
  KafkaReply,
  KafkaRequest,
  ReplyOf,
  RequestOf,
} from "../protocol/protocol.ts";
import type { BrokerHost } from "./broker-host.ts";
import type {
  AppendedRecord,
  BrokerObservation,
  ObservedRecord,
  PartitionProgress,
} from "./broker-observation.ts";
import { ConsumerGroup, type GroupSettings } from "./consumer-group.ts";
import { FetchWait } from "./fetch-wait.ts";
import { TopicStore } from "./topic-store.ts";

export interface BrokerOptions {
  readonly host: BrokerHost;
  readonly address: BrokerAddress;
  readonly groups?: Partial<GroupSettings> | undefined;
  /** Told of every record, synchronously, in the order of appending. */
  readonly onAppend?: ((record: AppendedRecord) => void) | undefined;
}

/** One client's connection to a broker. */
export interface BrokerSession {
  /** Requests must come one after the other, as Kafka takes them from one connection. */
  request(request: KafkaRequest, reply: (reply: KafkaReply) => void): void;
  /**
   * The client is gone. What it had been waiting for is dropped; its membership lives on until it
   * times out.
   */
  close(): void;
}

const DEFAULT_GROUP_SETTINGS: GroupSettings = {
  // Kafka's default is 3,000 ms; its own example configuration sets 0, and so do the real servers
  // of this project.
  initialRebalanceDelayMs: 0,
  sessionTimeoutMsMin: 6_000,
  sessionTimeoutMsMax: 1_800_000,
};

/**
 * A single Kafka broker: topics with partitions, the classic group protocol and committed offsets.
 * A plain state machine: requests in, replies by callback, no promise, no clock and no chance of
 * its own.
 *
 * Left out so far: more brokers and replicas, retention, idempotent producers, transactions,
 * quotas.
 */
export class KafkaBroker implements BrokerObservation {
  readonly #host: BrokerHost;
  readonly #address: BrokerAddress;
  readonly #groupSettings: GroupSettings;
  readonly #topics: TopicStore;
  readonly #groups = new Map<string, ConsumerGroup>();
  /** By group, then by `topic/partition`. */
  readonly #offsets = new Map<string, Map<string, number>>();

  constructor(options: BrokerOptions) {
    this.#host = options.host;
    this.#address = options.address;
    this.#topics = new TopicStore(options.host, options.address, options.onAppend);
    this.#groupSettings = { ...DEFAULT_GROUP_SETTINGS, ...options.groups };
  }

  /** As the request of that name would, for whoever builds the world. */
  createTopic(topic: string, partitionCount: number): KafkaErrorCode {
    return this.#topics.create(topic, partitionCount);
  }

  openSession(clientId: string): BrokerSession {
    const waits = new Set<FetchWait>();
    return {
      request: (request, reply) => this.#handle(request, reply, { clientId, waits }),
      close: () => {
        for (const wait of waits) {
          wait.abandon();
        }
      },
    };
  }

  topics(): readonly string[] {
    return this.#topics.names();
  }

  records(topic: string): readonly ObservedRecord[] {
    return this.#topics.logs(topic).flatMap((log) =>
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
    return this.#topics.logs(topic).map((log) => {
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

  #handle(
    request: KafkaRequest,
    reply: (reply: KafkaReply) => void,
    session: { readonly clientId: string; readonly waits: Set<FetchWait> },
  ): void {
    switch (request.kind) {
      case "metadata":
        reply(this.#topics.describe(request));
        return;
      case "find-coordinator":
        reply({ kind: "find-coordinator", error: "NONE", coordinator: this.#address });
        return;
      case "init-producer-id":
      case "create-partitions":
      case "delete-records":
        this.#host.fail(new NotSimulated(`a ${request.kind} request`));
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
        if (request.acks !== "all" || request.producer !== null) {
          this.#host.fail(new NotSimulated("produce with less than all acks, or idempotent"));
          return;
        }
        reply(this.#topics.produce(request, session.clientId));
        return;
      case "fetch":
        this.#fetch(request, reply, session.waits);
        return;
      case "list-offsets":
        if (typeof request.at === "object") {
          this.#host.fail(new NotSimulated("list-offsets by time"));
          return;
        }
        reply(this.#topics.listOffsets(request));
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
        reply(this.#commit(request));
        return;
      case "offset-fetch":
        reply(this.#fetchOffsets(request));
        return;
    }
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
    const logs = this.#topics.logsAtEnd(request);
    if (logs === undefined || request.maxWaitMs === 0) {
      reply(this.#topics.read(request));
      return;
    }
    const wait = new FetchWait({
      host: this.#host,
      logs,
      maxWaitMs: request.maxWaitMs,
      onOver: () => {
        waits.delete(wait);
        reply(this.#topics.read(request));
      },
    });
    waits.add(wait);
  }

  #commit(request: RequestOf<"offset-commit">): ReplyOf<"offset-commit"> {
    const { group, offsets } = request;
    const error = this.#groupOf(group).admitCommit(request);
    for (const { topic, partition, offset } of offsets) {
      const name = `${topic}/${partition}`;
      this.#host.trace(error === "NONE" ? "commit" : "commit-refused", `${group} ${name}`, offset);
      if (error === "NONE") {
        this.#offsetsOf(group).set(name, offset);
      }
    }
    const partitions = offsets.map(({ topic, partition }) => ({ topic, partition, error }));
    return { kind: "offset-commit", partitions };
  }

  #fetchOffsets(request: RequestOf<"offset-fetch">): ReplyOf<"offset-fetch"> {
    const offsets = this.#offsetsOf(request.group);
    const partitions = request.partitions.map(({ topic, partition }) => {
      return { topic, partition, offset: offsets.get(`${topic}/${partition}`) ?? -1 };
    });
    return { kind: "offset-fetch", error: "NONE", partitions };
  }

  #offsetsOf(group: string): Map<string, number> {
    let offsets = this.#offsets.get(group);
    if (offsets === undefined) {
      this.#offsets.set(group, (offsets = new Map<string, number>()));
    }
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
}
