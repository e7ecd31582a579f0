import type { Connection, QueryResult, Row, SqlValue } from "../../system/ports/database.ts";
import type { DatabaseStage, StageClient } from "./stage.ts";

/** A claim's two connections, on a database with the accounts a and b of 100 each. */
export interface Sessions extends DatabaseStage {
  readonly first: AskingConnection;
  readonly second: AskingConnection;
}

/** A connection for claims, whose statements need no label. */
export interface AskingConnection {
  query(sql: string, parameters?: readonly SqlValue[]): Promise<QueryResult>;
}

/** Opens them, makes the accounts, lets the claim work, and closes both, also when it throws. */
export async function withSessions(
  stage: DatabaseStage,
  check: (sessions: Sessions) => Promise<void>,
): Promise<void> {
  const connections: Connection[] = [];
  const open = async (client: StageClient) => {
    const connection = await stage.database(client).connect("contract");
    connections.push(connection);
    return asking(connection);
  };
  try {
    const [first, second] = [await open("first"), await open("second")];
    await first.query(
      `CREATE TABLE accounts (
         id text PRIMARY KEY,
         balance bigint NOT NULL CONSTRAINT no_overdraft CHECK (balance >= 0)
       )`,
    );
    await first.query("INSERT INTO accounts (id, balance) VALUES ('a', 100), ('b', 100)");
    await check({ ...stage, first, second });
  } finally {
    for (const connection of connections) {
      connection.release(true);
    }
  }
}

function asking(connection: Connection): AskingConnection {
  return {
    query: (sql, parameters = []) => connection.query({ label: "ask", sql, parameters }),
  };
}

/** Every account that the connection sees, in id order, as `a 100`. */
export async function balances(connection: AskingConnection): Promise<readonly string[]> {
  const { rows } = await connection.query("SELECT id, balance FROM accounts ORDER BY id");
  return rows.map(accountText);
}

/** A row of the accounts as `a 100`. */
export function accountText(row: Row): string {
  return `${String(row["id"])} ${String(row["balance"])}`;
}
