import { Protocol } from "../../network/protocol.ts";
import type {
  RequestReplyPort,
  RequestReplyProtocol,
} from "../../network/request-reply/request-reply-protocol.ts";
import type { Parameter } from "../types/parameter.ts";
import type { QueryReply } from "./query-result.ts";

/** What a client asks: one query text with its parameters. */
export interface PostgresRequest {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
}

/** What a database server and its clients speak. */
export const postgresProtocol: RequestReplyProtocol<PostgresRequest, QueryReply> = new Protocol(
  "PostgreSQL",
);

/** Where a database server listens. */
export type PostgresPort = RequestReplyPort<PostgresRequest, QueryReply>;
