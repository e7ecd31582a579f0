import type { TraceData } from "../../kernel/trace-data.ts";
import { Protocol } from "../../network/protocol.ts";
import { Push } from "../../network/request-reply/push.ts";
import type {
  FromServer,
  RequestReplyPort,
  RequestReplyProtocol,
} from "../../network/request-reply/request-reply-protocol.ts";
import type { KafkaReply, KafkaRequest, ReplyOf } from "./protocol.ts";

/** What a broker and its clients speak. */
export const kafkaProtocol: RequestReplyProtocol<KafkaRequest, KafkaReply> = new Protocol("Kafka", {
  toServer: tellRequest,
  toClient: tellReply,
});

/** Where a broker listens. */
export type KafkaPort = RequestReplyPort<KafkaRequest, KafkaReply>;

/** What a request carries. Most of them fetch: those are told without the names of their fields. */
function tellRequest(request: KafkaRequest, data: TraceData): void {
  if (request.kind !== "fetch") {
    data.add(request);
    return;
  }
  for (const { topic, partition, offset } of request.partitions) {
    data.add(topic);
    data.add(partition);
    data.add(offset);
  }
}

function tellReply(reply: FromServer<KafkaReply>, data: TraceData): void {
  if (reply instanceof Push || reply.kind !== "fetch") {
    data.add(reply);
  } else {
    tellFetched(reply, data);
  }
}

function tellFetched({ partitions }: ReplyOf<"fetch">, data: TraceData): void {
  for (const { error, highWatermark, records } of partitions) {
    if (error !== "NONE") {
      data.add(error);
    }
    data.add(highWatermark);
    for (const record of records) {
      data.addRow(record);
    }
  }
}
