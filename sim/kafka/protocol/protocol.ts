import type { KafkaErrorCode } from "./error-code.ts";

/*
 * The part of Kafka's protocol that is simulated, as plain values instead of bytes: what Produce
 * v7, Fetch v11, JoinGroup v5, Metadata v6 and their kin carry, less what nobody here uses. A wire
 * codec can be put in front later.
 *
 * Left out: transactions, fetch sessions, epochs of leaders in a client's requests (the client that
 * is imitated sends none), quotas, security.
 */

/** What a producer hands in. Text stands for bytes for now. */
export interface RecordData {
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: ReadonlyMap<string, string>;
}

/** A record as it is sent: with the time that its sender gives it, whole milliseconds. */
export interface SentRecord extends RecordData {
  readonly timestampMs: number;
}

/** A record in its place in the log. Offsets are whole numbers from 0 on. */
export interface StoredRecord extends SentRecord {
  readonly offset: number;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** An offset that is asked for or told, of one partition. */
export interface PartitionOffset extends TopicPartition {
  readonly offset: number;
}

/** Partitions by topic, as a group's leader gives them out. */
export type Assignment = readonly TopicPartition[];

export interface GroupProtocol {
  readonly name: string;
  readonly topics: readonly string[];
}

/** Who speaks to a group: a member in a generation, by its instance id too where it is static. */
export interface MemberOfGeneration {
  readonly group: string;
  readonly memberId: string;
  readonly generation: number;
  readonly groupInstanceId: string | null;
}

/**
 * Who numbers its batches, so that the broker can tell a repetition. `id` and `epoch` were given
 * by `init-producer-id`.
 */
export interface IdempotentProducer {
  readonly id: number;
  readonly epoch: number;
}

/** The records of one partition in a produce request: they land together or not at all. */
export interface SentBatch extends TopicPartition {
  readonly records: readonly SentRecord[];
  /** The number of the first record; -1 from a producer that is not idempotent. */
  readonly baseSequence: number;
}

/** A topic to be created. */
export interface NewTopic {
  readonly topic: string;
  readonly partitions: number;
  /** -1: as the broker has it by default. */
  readonly replicationFactor: number;
  /** Kafka's names of topic settings, such as `retention.ms`. */
  readonly configs: ReadonlyMap<string, string>;
}

/** All requests, told apart by `kind`. */
export type KafkaRequest =
  | { readonly kind: "metadata"; readonly topics: readonly string[] }
  | { readonly kind: "find-coordinator"; readonly group: string }
  | { readonly kind: "init-producer-id" }
  | { readonly kind: "create-topics"; readonly topics: readonly NewTopic[] }
  | {
      readonly kind: "create-partitions";
      /** With the number that there are to be in all. */
      readonly topics: readonly { readonly topic: string; readonly partitions: number }[];
    }
  | {
      readonly kind: "delete-records";
      /** Everything before the offset; -1 for everything before the high watermark. */
      readonly partitions: readonly PartitionOffset[];
    }
  | {
      readonly kind: "produce";
      /** Who must have the records before the answer: nobody, the leader, all in-sync replicas. */
      readonly acks: 0 | 1 | "all";
      /** How long the leader waits for the others. */
      readonly timeoutMs: number;
      readonly producer: IdempotentProducer | null;
      readonly batches: readonly SentBatch[];
    }
  | {
      readonly kind: "fetch";
      readonly maxWaitMs: number;
      readonly minBytes: number;
      readonly maxBytes: number;
      readonly maxBytesPerPartition: number;
      readonly partitions: readonly PartitionOffset[];
    }
  | {
      readonly kind: "list-offsets";
      /** A time asks for the first record that is not older. */
      readonly at: "earliest" | "latest" | { readonly timestampMs: number };
      readonly partitions: Assignment;
    }
  | {
      readonly kind: "join-group";
      readonly group: string;
      /** Empty for a member that has no name yet. */
      readonly memberId: string;
      readonly groupInstanceId: string | null;
      readonly clientId: string;
      readonly sessionTimeoutMs: number;
      readonly rebalanceTimeoutMs: number;
      /** In the order of preference. */
      readonly protocols: readonly GroupProtocol[];
    }
  | (MemberOfGeneration & {
      readonly kind: "sync-group";
      /** From the leader for every member, empty from all others. */
      readonly assignments: ReadonlyMap<string, Assignment>;
    })
  | (MemberOfGeneration & { readonly kind: "heartbeat" })
  | {
      readonly kind: "leave-group";
      readonly group: string;
      /** Empty where a static member is removed by its instance id. */
      readonly memberId: string;
      readonly groupInstanceId: string | null;
    }
  | (MemberOfGeneration & {
      readonly kind: "offset-commit";
      readonly offsets: readonly PartitionOffset[];
    })
  | { readonly kind: "offset-fetch"; readonly group: string; readonly partitions: Assignment };

/** Where a broker can be reached. */
export interface BrokerAddress {
  readonly nodeId: number;
  readonly address: string;
}

/** A partition as the broker that was asked knows it: it may be behind. */
export interface PartitionMetadata {
  readonly partition: number;
  readonly error: KafkaErrorCode;
  /** -1 when there is none. */
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}

interface PartitionAnswer extends TopicPartition {
  readonly error: KafkaErrorCode;
}

interface TopicAnswer {
  readonly topic: string;
  readonly error: KafkaErrorCode;
}

/** All replies; each answers the request of the same `kind`. */
export type KafkaReply =
  | {
      readonly kind: "metadata";
      readonly brokers: readonly BrokerAddress[];
      readonly topics: readonly (TopicAnswer & {
        readonly partitions: readonly PartitionMetadata[];
      })[];
    }
  | {
      readonly kind: "find-coordinator";
      readonly error: KafkaErrorCode;
      /** Node -1 and no address with an error. */
      readonly coordinator: BrokerAddress;
    }
  | {
      readonly kind: "init-producer-id";
      readonly error: KafkaErrorCode;
      readonly producer: IdempotentProducer;
    }
  | { readonly kind: "create-topics"; readonly topics: readonly TopicAnswer[] }
  | { readonly kind: "create-partitions"; readonly topics: readonly TopicAnswer[] }
  | {
      readonly kind: "delete-records";
      readonly partitions: readonly (PartitionAnswer & { readonly logStartOffset: number })[];
    }
  | {
      readonly kind: "produce";
      /** None where the producer asked for no acknowledgement and the connection still stands. */
      readonly batches: readonly (PartitionAnswer & {
        /** Of the first record; -1 with an error. */
        readonly baseOffset: number;
        readonly logStartOffset: number;
      })[];
    }
  | {
      readonly kind: "fetch";
      readonly partitions: readonly (PartitionAnswer & {
        readonly highWatermark: number;
        readonly logStartOffset: number;
        /** From the offset that was asked for on: what its batch holds before it is left out. */
        readonly records: readonly StoredRecord[];
      })[];
    }
  | {
      readonly kind: "list-offsets";
      /** Both -1 with an error, and where no record is that young. */
      readonly partitions: readonly (PartitionAnswer & {
        readonly offset: number;
        readonly timestampMs: number;
      })[];
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
        readonly groupInstanceId: string | null;
        readonly topics: readonly string[];
      }[];
    }
  | { readonly kind: "sync-group"; readonly error: KafkaErrorCode; readonly assignment: Assignment }
  | { readonly kind: "heartbeat"; readonly error: KafkaErrorCode }
  | { readonly kind: "leave-group"; readonly error: KafkaErrorCode }
  | { readonly kind: "offset-commit"; readonly partitions: readonly PartitionAnswer[] }
  | {
      readonly kind: "offset-fetch";
      readonly error: KafkaErrorCode;
      /** -1 where nothing was committed. */
      readonly partitions: readonly PartitionOffset[];
    };

export type RequestKind = KafkaRequest["kind"];
export type RequestOf<Kind extends RequestKind> = Extract<KafkaRequest, { readonly kind: Kind }>;
export type ReplyOf<Kind extends RequestKind> = Extract<KafkaReply, { readonly kind: Kind }>;
