import type { KafkaErrorCode } from "../protocol/error-code.ts";
import type { NewTopic, TopicPartition } from "../protocol/protocol.ts";
import { electLeader, type ElectionCase } from "./elect-leader.ts";
import { NO_BROKER, type PartitionRegistration } from "./partition-registration.ts";
import { readTopicSettings, type TopicSettings } from "./topic-settings.ts";

/** What every broker is told of the controller's decisions. */
export interface MetadataChange {
  readonly partitions: readonly PartitionRegistration[];
  /** Who is taken for alive, by node. */
  readonly aliveBrokers: readonly number[];
}

/** A leader's wish to change who is in sync, by the decision that it knows. */
export interface AlterIsr extends TopicPartition {
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
  readonly isr: readonly number[];
}

export interface ControllerOptions {
  readonly nodeIds: readonly number[];
  readonly topicDefaults: TopicSettings;
  readonly defaultReplicationFactor: number;
  readonly publish: (change: MetadataChange) => void;
}

type BrokerState = "fenced" | "active" | "shutting-down";

/** How many producer ids a broker is given at once: ProducerIdsBlock. */
export const PRODUCER_ID_BLOCK = 1_000;

/**
 * Kafka's KRaft controllers as one that never fails: which topics there are, which brokers are
 * alive, who leads each partition and who is in sync. It decides; what brokers know of it is for
 * whoever publishes.
 */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #topics = new Map<string, PartitionRegistration[]>();
  readonly #brokers: Map<number, BrokerState>;
  #nextProducerId = 0;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#brokers = new Map(options.nodeIds.map((nodeId) => [nodeId, "fenced"]));
  }

  get aliveBrokers(): readonly number[] {
    return [...this.#brokers].filter(([, state]) => state !== "fenced").map(([nodeId]) => nodeId);
  }

  topics(): ReadonlyMap<string, readonly PartitionRegistration[]> {
    return this.#topics;
  }

  /** @throws NotSimulated for a setting that is not simulated */
  createTopic({ topic, partitions, replicationFactor, configs }: NewTopic): KafkaErrorCode {
    const { topicDefaults, defaultReplicationFactor } = this.#options;
    if (!isLegalTopicName(topic)) {
      return "INVALID_TOPIC_EXCEPTION";
    }
    if (this.#topics.has(topic)) {
      return "TOPIC_ALREADY_EXISTS";
    }
    if (!Number.isSafeInteger(partitions) || partitions < 1) {
      return "INVALID_PARTITIONS";
    }
    const factor = replicationFactor === -1 ? defaultReplicationFactor : replicationFactor;
    if (factor < 1 || factor > this.aliveBrokers.length) {
      return "INVALID_REPLICATION_FACTOR";
    }
    const settings = readTopicSettings(configs, topicDefaults);
    if (settings === undefined) {
      return "INVALID_CONFIG";
    }
    this.#topics.set(topic, []);
    this.#addPartitions(topic, { count: partitions, factor, settings });
    return "NONE";
  }

  createPartitions(topic: string, count: number): KafkaErrorCode {
    const [first, ...rest] = this.#topics.get(topic) ?? [];
    if (first === undefined) {
      return "UNKNOWN_TOPIC_OR_PARTITION";
    }
    if (!Number.isSafeInteger(count) || count <= rest.length + 1) {
      return "INVALID_PARTITIONS";
    }
    const { settings, replicas } = first;
    this.#addPartitions(topic, { count, factor: replicas.length, settings });
    return "NONE";
  }

  /** The first of a block of ids that nobody else gets. */
  allocateProducerIds(): number {
    const first = this.#nextProducerId;
    this.#nextProducerId += PRODUCER_ID_BLOCK;
    return first;
  }

  /** Whether the wish is granted: not one from an old decision, or for a broker that is gone. */
  alterIsr(wish: AlterIsr): boolean {
    const before = this.#topics.get(wish.topic)?.[wish.partition];
    const isAcceptable = (broker: number): boolean => this.#brokers.get(broker) === "active";
    if (
      before === undefined ||
      before.leader !== wish.leader ||
      before.leaderEpoch !== wish.leaderEpoch ||
      before.partitionEpoch !== wish.partitionEpoch ||
      !wish.isr.every(isAcceptable)
    ) {
      return false;
    }
    this.#decide(
      (each) => each === before,
      () => ({ isr: wish.isr }),
    );
    return true;
  }

  /** A broker's session is over, or it has stopped in order: it is in sync nowhere. */
  fence(broker: number): void {
    this.#brokers.set(broker, "fenced");
    this.#leaveIsrs(broker);
  }

  /**
   * A broker is there. After an unclean shutdown it is eligible nowhere: it may have lost what it
   * had written.
   */
  unfence(broker: number, { isUnclean }: { readonly isUnclean: boolean }): void {
    if (isUnclean) {
      this.#decide(
        ({ isr, elr }) => isr.includes(broker) || elr.includes(broker),
        ({ isr }) => ({
          isr: isr.filter((each) => each !== broker),
          uncleanShutdown: broker,
        }),
      );
    }
    this.#brokers.set(broker, "active");
    this.#decide(
      ({ leader }) => leader === NO_BROKER,
      () => ({}),
      { isPublishedAnyway: true },
    );
  }

  /** A broker wants to stop: what it leads gets other leaders where there are any. */
  beginControlledShutdown(broker: number): void {
    this.#brokers.set(broker, "shutting-down");
    this.#decide(
      ({ isr }) => isr.includes(broker) && isr.length > 1,
      ({ isr }) => ({ isr: isr.filter((each) => each !== broker) }),
    );
  }

  /**
   * Makes that broker the leader. Clean: only if it is in sync. Unclean: whatever it misses is lost
   * to all. Whether it leads then.
   */
  moveLeader(
    place: TopicPartition,
    to: number,
    { isUnclean }: { readonly isUnclean: boolean },
  ): boolean {
    const before = this.#topics.get(place.topic)?.[place.partition];
    if (before === undefined || !before.replicas.includes(to)) {
      return false;
    }
    this.#decide(
      (each) => each === before,
      () => ({ preferred: to, isUncleanAllowed: isUnclean }),
    );
    return this.#topics.get(place.topic)?.[place.partition]?.leader === to;
  }

  /** Whether a partition is led by another than the first of its replicas, which could lead it. */
  get isImbalanced(): boolean {
    return [...this.#topics.values()].flat().some((each) => this.#couldBePreferred(each));
  }

  /** Gives every partition back to the first of its replicas, where that is in sync. */
  balanceLeaders(): void {
    this.#decide(
      (each) => this.#couldBePreferred(each),
      ({ replicas }) => ({ preferred: replicas[0] ?? NO_BROKER, isUncleanAllowed: false }),
    );
  }

  #couldBePreferred({ leader, replicas, isr }: PartitionRegistration): boolean {
    const [preferred = NO_BROKER] = replicas;
    return (
      preferred !== leader && isr.includes(preferred) && this.#brokers.get(preferred) === "active"
    );
  }

  #leaveIsrs(broker: number): void {
    this.#decide(
      ({ isr }) => isr.includes(broker),
      ({ isr }) => ({ isr: isr.filter((each) => each !== broker) }),
      { isPublishedAnyway: true },
    );
  }

  /** Elects anew where it concerns, and publishes what changed. */
  #decide(
    concerns: (registration: PartitionRegistration) => boolean,
    caseOf: (registration: PartitionRegistration) => Partial<ElectionCase>,
    { isPublishedAnyway = false } = {},
  ): void {
    const changed: PartitionRegistration[] = [];
    for (const partitions of this.#topics.values()) {
      for (const [index, before] of partitions.entries()) {
        if (concerns(before)) {
          const after = electLeader(before, {
            isAcceptable: (broker) => this.#brokers.get(broker) === "active",
            isUncleanAllowed: before.settings.uncleanLeaderElectionEnable,
            ...caseOf(before),
          });
          if (after !== before) {
            partitions[index] = after;
            changed.push(after);
          }
        }
      }
    }
    if (changed.length > 0 || isPublishedAnyway) {
      this.#options.publish({ partitions: changed, aliveBrokers: this.aliveBrokers });
    }
  }

  /** Up to that number in all, each on the brokers after those of the one before. */
  #addPartitions(
    topic: string,
    { count, factor, settings }: { count: number; factor: number; settings: TopicSettings },
  ): void {
    const partitions = this.#topics.get(topic) ?? [];
    const added: PartitionRegistration[] = [];
    const alive = this.aliveBrokers;
    for (let partition = partitions.length; partition < count; partition += 1) {
      const replicas = Array.from(
        { length: factor },
        (_, index) => alive[(partition + index) % alive.length] ?? NO_BROKER,
      );
      const registration: PartitionRegistration = {
        topic,
        partition,
        name: `${topic}/${partition}`,
        settings,
        replicas,
        isr: replicas,
        elr: [],
        lastKnownLeader: NO_BROKER,
        leader: replicas[0] ?? NO_BROKER,
        leaderEpoch: 0,
        partitionEpoch: 0,
      };
      partitions.push(registration);
      added.push(registration);
    }
    this.#options.publish({ partitions: added, aliveBrokers: alive });
  }
}

const TOPIC_NAME_LENGTH_MAX = 249;

function isLegalTopicName(topic: string): boolean {
  return (
    /^[a-zA-Z0-9._-]+$/.test(topic) &&
    topic !== "." &&
    topic !== ".." &&
    topic.length <= TOPIC_NAME_LENGTH_MAX
  );
}
