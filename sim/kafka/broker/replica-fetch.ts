import type { EpochEnd } from "../log/leader-epochs.ts";
import type { RecordBatch } from "../log/record-batch.ts";
import type { TopicPartition } from "../protocol/protocol.ts";

/** From where a follower wants to go on in one partition. */
export interface ReplicaPosition extends TopicPartition {
  /** Of the leader that it follows. */
  readonly leaderEpoch: number;
  readonly offset: number;
  /** Of the last record that it has: the leader may never have had that record. */
  readonly lastEpoch: number;
  readonly highWatermark: number;
  readonly startOffset: number;
}

/** What a follower asks its leader, for all partitions that this broker leads for it. */
export interface ReplicaFetch {
  readonly follower: number;
  /** Counts the follower's requests: the answer to an older one is not heard any more. */
  readonly ordinal: number;
  readonly positions: readonly ReplicaPosition[];
}

/** What a follower is told about one partition. */
export type ReplicaNews = TopicPartition &
  (
    | {
        readonly kind: "records";
        readonly batches: readonly RecordBatch[];
        readonly highWatermark: number;
        readonly startOffset: number;
      }
    /** The logs part before the offset that was asked for: where the leader's epoch ends. */
    | { readonly kind: "diverging"; readonly end: EpochEnd }
    /** The leader no longer has that, or never had it. */
    | { readonly kind: "out-of-range"; readonly startOffset: number; readonly endOffset: number }
    /** Whom it asks does not lead, or not in that epoch. */
    | { readonly kind: "not-leader" }
  );

export interface ReplicaFetched {
  readonly ordinal: number;
  readonly news: readonly ReplicaNews[];
}

/** A broker as another one sees it. */
export interface ReplicationPeer {
  onReplicaFetch(fetch: ReplicaFetch): void;
  onReplicaFetched(leader: number, fetched: ReplicaFetched): void;
}
