import type { TraceData } from "../../kernel/trace-data.ts";
import { Protocol } from "../../network/protocol.ts";
import { Push } from "../../network/request-reply/push.ts";
import type {
  FromServer,
  RequestReplyPort,
  RequestReplyProtocol,
} from "../../network/request-reply/request-reply-protocol.ts";
import type { RowValues } from "../storage/row.ts";
import type { Field } from "../types/field.ts";
import type { Parameter } from "../types/parameter.ts";
import type { QueryReply, StatementResult } from "./query-result.ts";
import type { SessionMessage } from "./session.ts";

/** What a client asks: one query text with its parameters. */
export interface PostgresRequest {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
}

/** What a database server and its clients speak. */
export const postgresProtocol: RequestReplyProtocol<PostgresRequest, QueryReply, SessionMessage> =
  new Protocol(
    "PostgreSQL",
    // The text of each statement is recorded where it is run, as a label that is hashed once.
    { toServer: ({ parameters }, data) => data.add(parameters), toClient: tellReply },
  );

function tellReply(reply: FromServer<QueryReply, SessionMessage>, data: TraceData): void {
  if (reply instanceof Push) {
    tellMessage(reply.notice, data);
    return;
  }
  if (reply.kind === "error") {
    const { code, message, detail, constraint } = reply.error;
    data.add([code, message, detail, constraint]);
    return;
  }
  reply.earlier.forEach((result) => tellResult(result, data));
  tellResult(reply, data);
}

function tellMessage(message: SessionMessage, data: TraceData): void {
  switch (message.kind) {
    case "notice":
      data.add([message.notice.code, message.notice.message]);
      return;
    case "notification":
      data.add([message.notification.channel, message.notification.payload]);
      return;
    case "fatal":
      data.add([message.error.code, message.error.message]);
  }
}

function tellResult({ tag, fields, rows }: StatementResult, data: TraceData): void {
  data.add(tag);
  const primitive = fields.every(({ type }) => type.primitive);
  for (const row of rows) {
    data.addRow(primitive ? row : textsOf(fields, row));
  }
}

function textsOf(fields: readonly Field[], row: RowValues): (string | null)[] {
  return fields.map(({ type }, at) => {
    const value = row[at] ?? null;
    return value === null ? null : type.output(value);
  });
}

/** Where a database server listens. */
export type PostgresPort = RequestReplyPort<PostgresRequest, QueryReply, SessionMessage>;
