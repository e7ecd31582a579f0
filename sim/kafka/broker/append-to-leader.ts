import type { BatchProducer } from "../log/record-batch.ts";
import { sizeOfBatch } from "../log/record-size.ts";
import type { KafkaErrorCode } from "../protocol/error-code.ts";
import type { SentRecord } from "../protocol/protocol.ts";
import type { Leadership } from "./leadership.ts";

/** A batch as it comes to its leader. */
export interface AppendRequest {
  readonly records: readonly SentRecord[];
  readonly producer: BatchProducer | undefined;
  /** Whether all in-sync replicas must have it: then there must be enough of them. */
  readonly needsAll: boolean;
  readonly nowMs: number;
}

/** What became of a batch. A repetition of one that is there is a success that appends nothing. */
export type AppendResult =
  | {
      readonly kind: "appended" | "duplicate";
      readonly baseOffset: number;
      readonly nextOffset: number;
    }
  | { readonly kind: "refused"; readonly error: KafkaErrorCode };

/** Checks a batch as Kafka's UnifiedLog and LogValidator do, in their order, and appends it. */
export function appendToLeader(leadership: Leadership, request: AppendRequest): AppendResult {
  const { needsAll, producer, nowMs } = request;
  const { log } = leadership;
  const { maxMessageBytes, messageTimestampType, messageTimestampAfterMaxMs } =
    leadership.registration.settings;
  if (needsAll && !leadership.hasEnoughInSync) {
    return refuse("NOT_ENOUGH_REPLICAS");
  }
  const records =
    messageTimestampType === "CreateTime"
      ? request.records
      : request.records.map((record) => ({ ...record, timestampMs: nowMs }));
  const sizeBytes = sizeOfBatch(records);
  if (sizeBytes > maxMessageBytes) {
    return refuse("MESSAGE_TOO_LARGE");
  }
  if (records.length === 0) {
    return refuse("INVALID_RECORD");
  }
  if (isAnyLater(records, nowMs + messageTimestampAfterMaxMs)) {
    return refuse("INVALID_TIMESTAMP");
  }
  if (producer !== undefined) {
    const verdict = log.producers.judge(producer, records.length, nowMs);
    if (verdict.kind !== "next") {
      return verdict;
    }
  }
  const { epoch: leaderEpoch } = leadership;
  const { baseOffset, nextOffset } = leadership.append({
    records,
    leaderEpoch,
    sizeBytes,
    producer,
  });
  return { kind: "appended", baseOffset, nextOffset };
}

function isAnyLater(records: readonly SentRecord[], boundMs: number): boolean {
  for (const { timestampMs } of records) {
    if (timestampMs > boundMs) {
      return true;
    }
  }
  return false;
}

function refuse(error: KafkaErrorCode): AppendResult {
  return { kind: "refused", error };
}
