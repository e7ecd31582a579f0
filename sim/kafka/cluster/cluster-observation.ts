import type { PartitionRegistration } from "../controller/partition-registration.ts";
import type { GroupState } from "../groups/consumer-group.ts";
import { decodeCoordinatorRecord } from "../groups/coordinator-record-codec.ts";
import type { CoordinatorShard } from "../groups/coordinator-shard.ts";
import { OFFSETS_TOPIC, partitionOfGroup } from "../groups/group-coordinator.ts";
import type { PartitionLog } from "../log/partition-log.ts";
import type { RecordData, TopicPartition } from "../protocol/protocol.ts";
import type { KafkaCluster } from "./kafka-cluster.ts";

/** A record where it lies. */
export interface ObservedRecord extends TopicPartition, RecordData {
  readonly offset: bigint;
  readonly timestampMs: number;
}

/** What the judge sees of a group: where it stands in each partition of a topic. */
export interface PartitionProgress extends TopicPartition {
  /** The next offset that the group will handle; undefined where it never committed. */
  readonly committed: bigint | undefined;
  readonly highWatermark: bigint;
  /** Records not yet committed as handled. */
  readonly lag: number;
}

/** Looks into a cluster at one instant, past the network and without a trace. */
export interface ClusterObservation {
  /** In the order of creation, without the internal one. */
  topics(): readonly string[];
  /**
   * Every committed record of the topic that is kept, by partition, then by offset.
   *
   * @throws Error for an unknown topic
   */
  records(topic: string): readonly ObservedRecord[];
  /** A group that never was has committed nothing. @throws Error for an unknown topic */
  progress(group: string, topic: string): readonly PartitionProgress[];
  /** As its coordinator has it; a group that nobody coordinates just now is empty. */
  group(name: string): {
    readonly state: GroupState;
    readonly generation: number;
    readonly memberIds: readonly string[];
  };
}

export function observeCluster(cluster: KafkaCluster): ClusterObservation {
  return {
    topics: () => [...cluster.controller.topics().keys()].filter((each) => each !== OFFSETS_TOPIC),
    records: (topic) =>
      logsOf(cluster, topic).flatMap((log) =>
        log.recordsBelow(log.highWatermark).map((record) => ({
          ...record,
          topic,
          partition: log.partition,
          offset: BigInt(record.offset),
        })),
      ),
    progress: (group, topic) =>
      logsOf(cluster, topic).map((log) => {
        const { partition, highWatermark, startOffset } = log;
        const committed = committedOffset(cluster, group, { topic, partition });
        return {
          topic,
          partition,
          committed: committed === undefined ? undefined : BigInt(committed),
          highWatermark: BigInt(highWatermark),
          lag: highWatermark - (committed ?? startOffset),
        };
      }),
    group(name) {
      const group = shardOf(cluster, name)?.group(name);
      return {
        state: group?.state ?? "empty",
        generation: group?.generation ?? 0,
        memberIds: group?.memberIds ?? [],
      };
    },
  };
}

/** @throws Error for an unknown topic */
function logsOf(cluster: KafkaCluster, topic: string): readonly PartitionLog[] {
  const topics = cluster.controller.topics();
  const partitions = topics.get(topic);
  if (partitions === undefined) {
    throw new Error(`no topic ${topic}: there is ${[...topics.keys()].join(", ")}`);
  }
  return partitions.flatMap((registration) => logOf(cluster, registration) ?? []);
}

/** The leader's; where there is none, the one that knows most to be committed. */
function logOf(
  cluster: KafkaCluster,
  registration: PartitionRegistration,
): PartitionLog | undefined {
  const { leader, name } = registration;
  const disks = cluster.disks();
  const known = [...disks.values()].flatMap((disk) => disk.get(name) ?? []);
  const best = known.toSorted((one, other) => other.highWatermark - one.highWatermark)[0];
  return disks.get(leader)?.get(name) ?? best;
}

/** Of the broker that coordinates the group just now, if any does. */
function shardOf(cluster: KafkaCluster, group: string): CoordinatorShard | undefined {
  const leader = offsetsPartitionOf(cluster, group)?.leader ?? -1;
  return leader < 0 ? undefined : cluster.broker(leader)?.coordinator.shardOf(group);
}

function offsetsPartitionOf(
  cluster: KafkaCluster,
  group: string,
): PartitionRegistration | undefined {
  const partitions = cluster.controller.topics().get(OFFSETS_TOPIC) ?? [];
  return partitions[partitionOfGroup(group, partitions.length)];
}

function committedOffset(
  cluster: KafkaCluster,
  group: string,
  place: TopicPartition,
): number | undefined {
  const shard = shardOf(cluster, group);
  if (shard !== undefined) {
    return shard.committed(group, place)?.offset;
  }
  const registration = offsetsPartitionOf(cluster, group);
  const log = registration && logOf(cluster, registration);
  const found = log
    ?.recordsBelow(log.highWatermark)
    .map(({ key, value }) => decodeCoordinatorRecord({ key: key ?? "", value }))
    .findLast(
      (news) =>
        news.kind === "offset" &&
        news.group === group &&
        news.topic === place.topic &&
        news.partition === place.partition,
    );
  return found?.kind === "offset" ? found.committed?.offset : undefined;
}
