/**
 * The part of Kafka's protocol that is simulated, as plain values instead of bytes: what Produce
 * v7, Fetch v11, JoinGroup v5 and their kin carry, less what nobody here uses. A wire codec can be
 * put in front later.
 */

/** Kafka's own names of the errors that are simulated. */
export type KafkaErrorCode =
  | "NONE"
  | "UNKNOWN_TOPIC_OR_PARTITION"
  | "TOPIC_ALREADY_EXISTS"
  | "INVALID_PARTITIONS"
  | "OFFSET_OUT_OF_RANGE"
  | "ILLEGAL_GENERATION"
  | "UNKNOWN_MEMBER_ID"
  | "REBALANCE_IN_PROGRESS"
  | "MEMBER_ID_REQUIRED"
  | "INVALID_SESSION_TIMEOUT"
  | "INCONSISTENT_GROUP_PROTOCOL";

/** What a producer hands in. Text stands for bytes for now. */
export interface RecordData {
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: ReadonlyMap<string, string>;
}

/** A record in its place in the log. Offsets are whole numbers from 0 on. */
export interface StoredRecord extends RecordData {
  readonly offset: number;
  readonly timestampMs: number;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Partitions by topic, as a group's leader gives them out. */
export type Assignment = readonly TopicPartition[];

export interface GroupProtocol {
  readonly name: string;
  readonly topics: readonly string[];
}

interface MemberOfGeneration {
  readonly group: string;
  readonly memberId: string;
  readonly generation: number;
}

/** All requests, told apart by `kind`. */
export type KafkaRequest =
  | { readonly kind: "metadata"; readonly topics: readonly string[] }
  | {
      readonly kind: "create-topics";
      readonly topics: readonly { readonly topic: string; readonly partitions: number }[];
    }
  | {
      readonly kind: "produce";
      readonly acks: "all";
      readonly batches: readonly (TopicPartition & { readonly records: readonly RecordData[] })[];
    }
  | {
      readonly kind: "fetch";
      readonly maxWaitMs: number;
      readonly minBytes: number;
      readonly maxBytesPerPartition: number;
      readonly partitions: readonly (TopicPartition & { readonly offset: number })[];
    }
  | {
      readonly kind: "list-offsets";
      readonly at: "earliest" | "latest";
      readonly partitions: Assignment;
    }
  | {
      readonly kind: "join-group";
      readonly group: string;
      /** Empty for a member that has no name yet. */
      readonly memberId: string;
      readonly clientId: string;
      readonly sessionTimeoutMs: number;
      readonly rebalanceTimeoutMs: number;
      readonly protocols: readonly GroupProtocol[];
    }
  | (MemberOfGeneration & {
      readonly kind: "sync-group";
      /** From the leader for every member, empty from all others. */
      readonly assignments: ReadonlyMap<string, Assignment>;
    })
  | (MemberOfGeneration & { readonly kind: "heartbeat" })
  | { readonly kind: "leave-group"; readonly group: string; readonly memberId: string }
  | (MemberOfGeneration & {
      readonly kind: "offset-commit";
      readonly offsets: readonly (TopicPartition & { readonly offset: number })[];
    })
  | { readonly kind: "offset-fetch"; readonly group: string; readonly partitions: Assignment };

interface PartitionAnswer extends TopicPartition {
  readonly error: KafkaErrorCode;
}

/** All replies; each answers the request of the same `kind`. */
export type KafkaReply =
  | {
      readonly kind: "metadata";
      readonly topics: readonly {
        readonly topic: string;
        readonly error: KafkaErrorCode;
        readonly partitionCount: number;
      }[];
    }
  | {
      readonly kind: "create-topics";
      readonly topics: readonly { readonly topic: string; readonly error: KafkaErrorCode }[];
    }
  | {
      readonly kind: "produce";
      readonly batches: readonly (PartitionAnswer & { readonly baseOffset: number })[];
    }
  | {
      readonly kind: "fetch";
      readonly partitions: readonly (PartitionAnswer & {
        readonly highWatermark: number;
        readonly records: readonly StoredRecord[];
      })[];
    }
  | {
      readonly kind: "list-offsets";
      readonly partitions: readonly (PartitionAnswer & { readonly offset: number })[];
    }
  | {
      readonly kind: "join-group";
      readonly error: KafkaErrorCode;
      readonly memberId: string;
      readonly generation: number;
      readonly leaderId: string;
      readonly protocol: string;
      /** For the leader only, in the order of joining. */
      readonly members: readonly {
        readonly memberId: string;
        readonly topics: readonly string[];
      }[];
    }
  | { readonly kind: "sync-group"; readonly error: KafkaErrorCode; readonly assignment: Assignment }
  | { readonly kind: "heartbeat"; readonly error: KafkaErrorCode }
  | { readonly kind: "leave-group"; readonly error: KafkaErrorCode }
  | { readonly kind: "offset-commit"; readonly error: KafkaErrorCode }
  | {
      readonly kind: "offset-fetch";
      /** -1 where nothing was committed. */
      readonly partitions: readonly (TopicPartition & { readonly offset: number })[];
    };

export type RequestKind = KafkaRequest["kind"];
export type RequestOf<Kind extends RequestKind> = Extract<KafkaRequest, { readonly kind: Kind }>;
export type ReplyOf<Kind extends RequestKind> = Extract<KafkaReply, { readonly kind: Kind }>;
