import type { RecordData, TopicPartition } from "../protocol/protocol.ts";
import type { GroupState } from "./consumer-group.ts";

/** A record where it lies. */
export interface ObservedRecord extends TopicPartition, RecordData {
  readonly offset: bigint;
  readonly timestampMs: number;
}

/** A record at the moment in which it becomes part of the log, and the client that sent it. */
export interface AppendedRecord extends Pick<
  ObservedRecord,
  "topic" | "partition" | "offset" | "key" | "value"
> {
  readonly clientId: string;
}

/** What the judge sees of a group: where it stands in each partition of a topic. */
export interface PartitionProgress extends TopicPartition {
  /** The next offset that the group will handle; undefined where it never committed. */
  readonly committed: bigint | undefined;
  readonly highWatermark: bigint;
  /** Records not yet committed as handled. */
  readonly lag: number;
}

/** Looks into the broker at one instant, past the network and without a trace. */
export interface BrokerObservation {
  topics(): readonly string[];
  /** Every record of the topic, by partition, then by offset. @throws Error for an unknown topic */
  records(topic: string): readonly ObservedRecord[];
  /** A group that never was has committed nothing. @throws Error for an unknown topic */
  progress(group: string, topic: string): readonly PartitionProgress[];
  group(name: string): {
    readonly state: GroupState;
    readonly generation: number;
    readonly memberIds: readonly string[];
  };
}
