import type { TraceData } from "../../kernel/trace-data.ts";
import { Protocol } from "../../network/protocol.ts";
import { Push } from "../../network/request-reply/push.ts";
import type {
  FromServer,
  RequestReplyPort,
  RequestReplyProtocol,
} from "../../network/request-reply/request-reply-protocol.ts";
import type { KafkaErrorCode } from "./error-code.ts";
import type {
  KafkaReply,
  KafkaRequest,
  PartitionOffset,
  SentRecord,
  TopicPartition,
} from "./protocol.ts";

/** What a broker and its clients speak. */
export const kafkaProtocol: RequestReplyProtocol<KafkaRequest, KafkaReply> = new Protocol("Kafka", {
  toServer: tellRequest,
  toClient: tellReply,
});

/** Where a broker listens. */
export type KafkaPort = RequestReplyPort<KafkaRequest, KafkaReply>;

/**
 * What a request carries. The kinds that make up nearly all of a run are told without the names of
 * their fields.
 */
function tellRequest(request: KafkaRequest, data: TraceData): void {
  switch (request.kind) {
    case "fetch":
      tellOffsets(request.partitions, data);
      return;
    case "produce":
      data.add(request.acks);
      data.add(request.producer);
      for (const batch of request.batches) {
        tellPlace(batch, data);
        data.add(batch.baseSequence);
        tellRecords(batch.records, data);
      }
      return;
    case "offset-commit":
      data.add(request.memberId);
      data.add(request.generation);
      tellOffsets(request.offsets, data);
      return;
    case "heartbeat":
      data.add(request.memberId);
      data.add(request.generation);
      return;
    default:
      data.add(request);
  }
}

function tellReply(reply: FromServer<KafkaReply>, data: TraceData): void {
  if (reply instanceof Push) {
    data.add(reply);
    return;
  }
  switch (reply.kind) {
    case "fetch":
      for (const { error, highWatermark, records } of reply.partitions) {
        tellError(error, data);
        data.add(highWatermark);
        tellRecords(records, data);
      }
      return;
    case "produce":
      for (const batch of reply.batches) {
        tellPlace(batch, data);
        tellError(batch.error, data);
        data.add(batch.baseOffset);
      }
      return;
    case "offset-commit":
      for (const each of reply.partitions) {
        tellPlace(each, data);
        tellError(each.error, data);
      }
      return;
    case "heartbeat":
      tellError(reply.error, data);
      return;
    default:
      data.add(reply);
  }
}

function tellOffsets(offsets: readonly PartitionOffset[], data: TraceData): void {
  for (const each of offsets) {
    tellPlace(each, data);
    data.add(each.offset);
  }
}

function tellPlace({ topic, partition }: TopicPartition, data: TraceData): void {
  data.add(topic);
  data.add(partition);
}

function tellError(error: KafkaErrorCode, data: TraceData): void {
  if (error !== "NONE") {
    data.add(error);
  }
}

function tellRecords(records: readonly SentRecord[], data: TraceData): void {
  for (const record of records) {
    data.addRow(record);
  }
}
