import { NotSimulated } from "../../kernel/not-simulated.ts";
import type { Parameter } from "../types/parameter.ts";
import type { QueryReply } from "./query-result.ts";

/** What a client asks: one query text with its parameters. */
export interface PostgresRequest {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
}

/** What came over the network as a query. @throws NotSimulated when it is anything else */
export function parsePostgresRequest(payload: unknown): PostgresRequest {
  if (typeof payload === "object" && payload !== null && "sql" in payload) {
    // Checked: it is a query, and only clients compiled against this type make those.
    return payload as PostgresRequest;
  }
  throw new NotSimulated("PostgreSQL message", String(payload));
}

/** What came over the network as the reply to a query. */
export function parsePostgresReply(payload: unknown): QueryReply {
  if (typeof payload === "object" && payload !== null && "kind" in payload) {
    // Checked: it is a reply, and only our server makes those.
    return payload as QueryReply;
  }
  throw new Error(`a query was answered with ${String(payload)}`);
}
