import { NotSimulated } from "../../kernel/not-simulated.ts";
import {
  PRODUCER_ID_BLOCK,
  type Controller,
  type MetadataChange,
} from "../controller/controller.ts";
import type { PartitionRegistration } from "../controller/partition-registration.ts";
import { DEFAULT_TOPIC_SETTINGS } from "../controller/topic-settings.ts";
import type { BrokerHost } from "../ground/broker-host.ts";
import { GroupCoordinator, OFFSETS_TOPIC } from "../groups/group-coordinator.ts";
import type { KafkaErrorCode } from "../protocol/error-code.ts";
import type {
  BrokerAddress,
  KafkaReply,
  KafkaRequest,
  ReplyOf,
  RequestOf,
  TopicPartition,
  RecordData,
} from "../protocol/protocol.ts";
import type { BrokerSettings } from "./broker-settings.ts";
import { FetchHandler } from "./fetch-handler.ts";
import type { FetchWait } from "./fetch-wait.ts";
import type { Leadership } from "./leadership.ts";
import { MetadataImage } from "./metadata-image.ts";
import { appendOffsets } from "./offsets-partition.ts";
import { ProduceHandler, type AppendedBatch } from "./produce-handler.ts";
import type { ReplicaFetch, ReplicaFetched, ReplicationPeer } from "./replica-fetch.ts";
import { ReplicaManager, type Disk } from "./replica-manager.ts";

/** How a broker reaches the others. What it says may never arrive. */
export interface BrokerPeers {
  tellBroker(nodeId: number, tell: (peer: ReplicationPeer) => void): void;
  /** `onAnswer` is told when the controller's answer has come back. */
  askController<Answer>(
    ask: (controller: Controller) => Answer,
    onAnswer: (answer: Answer) => void,
  ): void;
}

export interface KafkaBrokerOptions {
  readonly nodeId: number;
  /** For this start of the broker only. */
  readonly host: BrokerHost;
  readonly settings: BrokerSettings;
  /** Of all brokers of the cluster. */
  readonly addresses: readonly BrokerAddress[];
  /** What it finds on its disk, and leaves there. */
  readonly disk: Disk;
  readonly peers: BrokerPeers;
  /** Told of every batch that is appended to a log that this broker leads, synchronously. */
  readonly onAppend?: ((batch: AppendedBatch) => void) | undefined;
  /** It is the beginning of the world: there is nothing to load. */
  readonly isNewWorld: boolean;
}

/** Who has connected, and how the connection is ended from this side. */
export interface BrokerClient {
  readonly clientId: string;
  readonly disconnect: () => void;
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

/**
 * One Kafka broker from its start to its end: replicas of partitions, and the groups whose offsets
 * it leads. A plain state machine: requests in, replies by callback, no promise, no clock and no
 * chance of its own.
 *
 * Left out: transactions, quotas, security, compaction, tiered storage, share groups, KIP-848.
 */
export class KafkaBroker implements ReplicationPeer {
  readonly coordinator: GroupCoordinator;
  readonly #options: KafkaBrokerOptions;
  readonly #host: BrokerHost;
  readonly #metadata: MetadataImage;
  readonly #replicas: ReplicaManager;
  readonly #produce: ProduceHandler;
  readonly #fetch: FetchHandler;
  #producerIds = { next: 0, end: 0 };
  #isRetentionDue = false;

  constructor(options: KafkaBrokerOptions) {
    const { nodeId, host, settings, disk, peers, onAppend } = options;
    this.#options = options;
    this.#host = host;
    this.#metadata = new MetadataImage(options.addresses);
    const refusalOf = (place: TopicPartition): KafkaErrorCode => this.#refusalOf(place);
    this.#replicas = new ReplicaManager({
      nodeId,
      host,
      settings: settings.replication,
      disk,
      isAlive: (broker) => this.#metadata.isAlive(broker),
      proposeIsr: (registration, isr, onRefused) => this.#proposeIsr(registration, isr, onRefused),
      sendFetch: (leader, fetch) => peers.tellBroker(leader, (peer) => peer.onReplicaFetch(fetch)),
      sendFetched: (follower, fetched) =>
        peers.tellBroker(follower, (peer) => peer.onReplicaFetched(nodeId, fetched)),
      onLead: (leadership) => this.#beginToLead(leadership),
      onResign: ({ topic, partition }) => {
        if (topic === OFFSETS_TOPIC) {
          this.coordinator.release(partition);
        }
      },
    });
    this.coordinator = new GroupCoordinator({
      host,
      settings: settings.groups,
      isKnownPartition: (place) => this.#metadata.partition(place) !== undefined,
    });
    this.#produce = new ProduceHandler({ host, replicas: this.#replicas, refusalOf, onAppend });
    this.#fetch = new FetchHandler({
      host,
      logOf: (place) => this.#replicas.logOf(place),
      refusalOf,
    });
  }

  /** What the controller has decided reaches this broker. */
  applyMetadata(change: MetadataChange): void {
    this.#replicas.apply(this.#metadata.apply(change));
  }

  openSession(client: BrokerClient): BrokerSession {
    const waits = new Set<FetchWait>();
    return {
      request: (request, reply) => this.#handle(request, reply, { client, waits }),
      close: () => {
        for (const wait of waits) {
          wait.abandon();
        }
      },
    };
  }

  onReplicaFetch(fetch: ReplicaFetch): void {
    this.#replicas.onReplicaFetch(fetch);
  }

  onReplicaFetched(leader: number, fetched: ReplicaFetched): void {
    this.#replicas.onReplicaFetched(leader, fetched);
  }

  /** Removes what is too old or too much, by each topic's settings, as Kafka does now and then. */
  enforceRetention(): void {
    this.#replicas.enforceRetention((log) => {
      const settings = this.#metadata.partition(log)?.settings;
      return settings ?? { retentionMs: -1, retentionBytes: -1 };
    });
  }

  /** Takes a record beside the network. Whether it is in the log now. */
  append(clientId: string, place: TopicPartition, record: Omit<RecordData, "headers">): boolean {
    const timestampMs = this.#host.nowMs();
    const records = [{ ...record, headers: new Map<string, string>(), timestampMs }];
    let isAppended = false;
    this.#produce.handle(
      {
        kind: "produce",
        acks: 1,
        timeoutMs: 0,
        producer: null,
        batches: [{ ...place, records, baseSequence: -1 }],
      },
      {
        clientId,
        reply: ({ batches }) => {
          isAppended = batches.every(({ error }) => error === "NONE");
        },
        disconnect() {},
      },
    );
    return isAppended;
  }

  #handle(
    request: KafkaRequest,
    reply: (reply: KafkaReply) => void,
    session: { readonly client: BrokerClient; readonly waits: Set<FetchWait> },
  ): void {
    switch (request.kind) {
      case "produce":
        this.#produce.handle(request, { ...session.client, reply });
        return;
      case "fetch":
        this.#fetch.handle(request, session.waits, reply);
        return;
      case "metadata":
        reply(this.#metadata.describe(request));
        return;
      case "list-offsets":
        reply(this.#listOffsets(request));
        return;
      case "delete-records":
        reply(this.#deleteRecords(request));
        return;
      case "find-coordinator":
        reply(this.#findCoordinator(request));
        return;
      case "init-producer-id":
        this.#initProducerId(reply);
        return;
      case "create-topics":
        this.#askForTopics(request.topics, {
          create: (controller, topic) => controller.createTopic(topic),
          onCreated: (topics) => reply({ kind: "create-topics", topics }),
        });
        return;
      case "create-partitions":
        this.#askForTopics(request.topics, {
          create: (controller, { topic, partitions }) =>
            controller.createPartitions(topic, partitions),
          onCreated: (topics) => reply({ kind: "create-partitions", topics }),
        });
        return;
      case "join-group":
      case "sync-group":
      case "heartbeat":
      case "leave-group":
      case "offset-commit":
      case "offset-fetch":
        this.coordinator.handle(request, reply);
        return;
    }
  }

  /** Why a partition is refused that this broker does not lead, or has no replica of. */
  #refusalOf(place: TopicPartition): KafkaErrorCode {
    return this.#metadata.partition(place) === undefined
      ? "UNKNOWN_TOPIC_OR_PARTITION"
      : "NOT_LEADER_OR_FOLLOWER";
  }

  #listOffsets({ at, partitions }: RequestOf<"list-offsets">): ReplyOf<"list-offsets"> {
    return {
      kind: "list-offsets",
      partitions: partitions.map(({ topic, partition }) => {
        const answer = { topic, partition, offset: -1, timestampMs: -1 };
        const leadership = this.#replicas.leadershipOf({ topic, partition });
        if (leadership === undefined) {
          return { ...answer, error: this.#refusalOf({ topic, partition }) };
        }
        const { log, highWatermark, startOffset } = leadership;
        if (at === "earliest") {
          return { ...answer, error: "NONE" as const, offset: log.startOffset };
        }
        if (highWatermark < startOffset) {
          // A new leader does not know yet how far its predecessor had committed.
          return { ...answer, error: "LEADER_NOT_AVAILABLE" as const };
        }
        if (at === "latest") {
          return { ...answer, error: "NONE" as const, offset: highWatermark };
        }
        const found = log.firstSince(at.timestampMs, highWatermark);
        const { offset = -1, timestampMs = -1 } = found ?? {};
        return { topic, partition, error: "NONE" as const, offset, timestampMs };
      }),
    };
  }

  #deleteRecords({ partitions }: RequestOf<"delete-records">): ReplyOf<"delete-records"> {
    return {
      kind: "delete-records",
      partitions: partitions.map(({ topic, partition, offset }) => {
        const leadership = this.#replicas.leadershipOf({ topic, partition });
        if (leadership === undefined) {
          const error = this.#refusalOf({ topic, partition });
          return { topic, partition, error, logStartOffset: -1 };
        }
        const { log, highWatermark } = leadership;
        if (offset > highWatermark) {
          const error = "OFFSET_OUT_OF_RANGE" as const;
          return { topic, partition, error, logStartOffset: -1 };
        }
        log.raiseStart(offset === -1 ? highWatermark : offset);
        this.#host.trace("delete-records", log.name, log.startOffset);
        return { topic, partition, error: "NONE" as const, logStartOffset: log.startOffset };
      }),
    };
  }

  #findCoordinator({ group }: RequestOf<"find-coordinator">): ReplyOf<"find-coordinator"> {
    const partition = this.coordinator.partitionOf(group);
    const coordinator = this.#metadata.leaderOf({ topic: OFFSETS_TOPIC, partition });
    return coordinator === undefined
      ? {
          kind: "find-coordinator",
          error: "COORDINATOR_NOT_AVAILABLE",
          coordinator: { nodeId: -1, address: "" },
        }
      : { kind: "find-coordinator", error: "NONE", coordinator };
  }

  /** Ids come from the controller in blocks, so that no two brokers give out the same. */
  #initProducerId(reply: (reply: ReplyOf<"init-producer-id">) => void): void {
    const answer = (): void => {
      const id = this.#producerIds.next;
      this.#producerIds.next += 1;
      reply({ kind: "init-producer-id", error: "NONE", producer: { id, epoch: 0 } });
    };
    if (this.#producerIds.next < this.#producerIds.end) {
      answer();
      return;
    }
    this.#options.peers.askController(
      (controller) => controller.allocateProducerIds(),
      (first) => {
        this.#producerIds = { next: first, end: first + PRODUCER_ID_BLOCK };
        answer();
      },
    );
  }

  #askForTopics<Topic extends { readonly topic: string }>(
    topics: readonly Topic[],
    options: {
      readonly create: (controller: Controller, topic: Topic) => KafkaErrorCode;
      readonly onCreated: (topics: ReplyOf<"create-topics">["topics"]) => void;
    },
  ): void {
    this.#options.peers.askController((controller) => {
      try {
        return topics.map((each) => {
          const error = options.create(controller, each);
          if (error === "NONE") {
            this.#host.trace("create-topic", each.topic, 0);
          }
          return { topic: each.topic, error };
        });
      } catch (error) {
        if (!(error instanceof NotSimulated)) {
          throw error;
        }
        this.#host.fail(error);
        return [];
      }
    }, options.onCreated);
  }

  #proposeIsr(
    registration: PartitionRegistration,
    isr: readonly number[],
    onRefused: () => void,
  ): void {
    const { topic, partition, leader, leaderEpoch, partitionEpoch } = registration;
    this.#options.peers.askController(
      (controller) =>
        controller.alterIsr({ topic, partition, leader, leaderEpoch, partitionEpoch, isr }),
      (isGranted) => {
        if (!isGranted) {
          onRefused();
        }
      },
    );
  }

  #beginToLead(leadership: Leadership): void {
    const { log, registration, epoch } = leadership;
    this.#host.trace("lead", log.name, epoch);
    if (log.topic === OFFSETS_TOPIC) {
      this.coordinator.take({
        partition: log.partition,
        records: () =>
          log.recordsBelow(log.endOffset).map(({ key, value }) => ({ key: key ?? "", value })),
        append: (records, onDone) =>
          appendOffsets(leadership, records, {
            host: this.#host,
            timeoutMs: this.#options.settings.groups.commitTimeoutMs,
            onAppended: () => this.#replicas.onAppend(leadership),
            onDone,
          }),
        isNew: this.#options.isNewWorld && epoch === 0,
      });
    }
    this.#watchRetention(registration);
  }

  /**
   * As often as Kafka looks. Only where a topic's own settings make it matter: what Kafka keeps by
   * default, it keeps for longer than a run lasts.
   */
  #watchRetention({ settings }: PartitionRegistration): void {
    const { retentionMs, retentionBytes } = settings;
    const isDefault =
      retentionMs === DEFAULT_TOPIC_SETTINGS.retentionMs &&
      retentionBytes === DEFAULT_TOPIC_SETTINGS.retentionBytes;
    if (this.#isRetentionDue || isDefault) {
      return;
    }
    this.#isRetentionDue = true;
    const look = (): void => {
      this.enforceRetention();
      this.#host.setTimer(this.#options.settings.replication.retentionCheckIntervalMs, look);
    };
    this.#host.setTimer(INITIAL_TASK_DELAY_MS, look);
  }
}

/** `log.initial.task.delay.ms`. */
const INITIAL_TASK_DELAY_MS = 30_000;
