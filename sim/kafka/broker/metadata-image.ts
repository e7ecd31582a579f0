import type { MetadataChange } from "../controller/controller.ts";
import { NO_BROKER, type PartitionRegistration } from "../controller/partition-registration.ts";
import type { KafkaErrorCode } from "../protocol/error-code.ts";
import type {
  BrokerAddress,
  PartitionMetadata,
  ReplyOf,
  RequestOf,
  TopicPartition,
} from "../protocol/protocol.ts";

/** What one broker knows of the cluster: what it was told last, which may be an old thing. */
export class MetadataImage {
  readonly #addresses: readonly BrokerAddress[];
  readonly #topics = new Map<string, PartitionRegistration[]>();
  #alive: readonly number[] = [];

  constructor(addresses: readonly BrokerAddress[]) {
    this.#addresses = addresses;
  }

  /** What of the change is news here. */
  apply({ partitions, aliveBrokers }: MetadataChange): readonly PartitionRegistration[] {
    this.#alive = aliveBrokers;
    const news: PartitionRegistration[] = [];
    for (const registration of partitions) {
      const { topic, partition, partitionEpoch } = registration;
      let known = this.#topics.get(topic);
      if (known === undefined) {
        this.#topics.set(topic, (known = []));
      }
      if (partitionEpoch > (known[partition]?.partitionEpoch ?? -1)) {
        known[partition] = registration;
        news.push(registration);
      }
    }
    return news;
  }

  isAlive(broker: number): boolean {
    return this.#alive.includes(broker);
  }

  partition({ topic, partition }: TopicPartition): PartitionRegistration | undefined {
    return this.#topics.get(topic)?.[partition];
  }

  describe({ topics }: RequestOf<"metadata">): ReplyOf<"metadata"> {
    return {
      kind: "metadata",
      brokers: this.#addresses.filter(({ nodeId }) => this.isAlive(nodeId)),
      topics: topics.map((topic) => {
        const known = this.#topics.get(topic);
        return {
          topic,
          error: known === undefined ? ("UNKNOWN_TOPIC_OR_PARTITION" as const) : ("NONE" as const),
          partitions: (known ?? []).map((each) => this.#describePartition(each)),
        };
      }),
    };
  }

  /** Where the leader of that partition can be reached, if there is one that is alive. */
  leaderOf(place: TopicPartition): BrokerAddress | undefined {
    const leader = this.partition(place)?.leader ?? NO_BROKER;
    const address = this.#addresses.find(({ nodeId }) => nodeId === leader);
    return this.isAlive(leader) ? address : undefined;
  }

  #describePartition(registration: PartitionRegistration): PartitionMetadata {
    const { partition, leaderEpoch, replicas, isr } = registration;
    const leader = this.isAlive(registration.leader) ? registration.leader : NO_BROKER;
    const error: KafkaErrorCode = leader === NO_BROKER ? "LEADER_NOT_AVAILABLE" : "NONE";
    return { partition, error, leader, leaderEpoch, replicas, isr };
  }
}
