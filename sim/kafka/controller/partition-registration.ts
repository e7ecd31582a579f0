import type { TopicPartition } from "../protocol/protocol.ts";
import type { TopicSettings } from "./topic-settings.ts";

/** No broker: of a partition without a leader. */
export const NO_BROKER = -1;

/**
 * What the controller has decided about a partition. A broker acts on the last one that it was
 * told, which may be an old one. Never changed: each decision is a new value.
 */
export interface PartitionRegistration extends TopicPartition {
  /** `topic/partition`. */
  readonly name: string;
  readonly settings: TopicSettings;
  /** The first is the preferred leader. */
  readonly replicas: readonly number[];
  /** In sync: they have all that the leader has, or had it a moment ago. */
  readonly isr: readonly number[];
  /**
   * Eligible leader replicas (KIP-966): they left the ISR when it was already too small for
   * anything to be committed without them, so they miss nothing that was committed.
   */
  readonly elr: readonly number[];
  /** Who led when the last one of ISR and ELR was gone. */
  readonly lastKnownLeader: number;
  readonly leader: number;
  /** Counts leaders: what an old one says is refused. */
  readonly leaderEpoch: number;
  /** Counts decisions. */
  readonly partitionEpoch: number;
}

/** How many replicas must be in sync for anything to be committed. */
export function effectiveMinIsr({ settings, replicas }: PartitionRegistration): number {
  return Math.min(settings.minInsyncReplicas, replicas.length);
}
