import type { StoredRecord, TopicPartition } from "../../protocol/protocol.ts";

/** What one fetch brought of one partition, perhaps nothing. */
export interface Batch extends TopicPartition {
  readonly records: readonly StoredRecord[];
}
