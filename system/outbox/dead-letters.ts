import { bigintColumn, textColumn } from "../database/row.ts";
import { runStatement } from "../database/transaction.ts";
import type { Database, Row } from "../ports/database.ts";
import { OUTBOX_CHANNEL } from "./append.ts";

/** An event that the broker has refused for good, each time that it was sent. */
export interface DeadLetter {
  /** Its place in the outbox: a whole number as a decimal string. */
  readonly id: string;
  readonly eventId: string;
  readonly topic: string;
  readonly key: string;
  readonly payload: string;
  /** What the broker said the last time. */
  readonly reason: string;
  readonly attempts: number;
  readonly deadAtMs: number;
}

/** The dead letters after that id, in the order of the outbox. @throws DatabaseError */
export async function listDeadLetters(
  database: Database,
  { afterId, limit }: { readonly afterId: bigint; readonly limit: number },
): Promise<readonly DeadLetter[]> {
  const { rows } = await runStatement(database, "dead-letters", {
    label: "list",
    sql: `SELECT id, event_id, topic, message_key, payload, refusal, attempts::text AS attempts,
            dead_at_ms
          FROM outbox WHERE dead_at_ms IS NOT NULL AND id > $1 ORDER BY id LIMIT $2`,
    parameters: [afterId, limit],
  });
  return rows.map(readDeadLetter);
}

/**
 * Has dead letters sent again, in their places, with all their attempts before them; the relay is
 * woken.
 *
 * @param ids Null for all of them
 * @returns the ids of those that were dead
 * @throws DatabaseError
 */
export async function requeueDeadLetters(
  database: Database,
  ids: readonly bigint[] | null,
): Promise<readonly string[]> {
  const { rows } = await runStatement(database, "dead-letters", {
    label: "requeue",
    sql: `WITH requeued AS (
            UPDATE outbox SET dead_at_ms = NULL, attempts = 0
            WHERE dead_at_ms IS NOT NULL AND ${CHOSEN} RETURNING id
          ) SELECT id, pg_notify('${OUTBOX_CHANNEL}', '') FROM requeued ORDER BY id`,
    parameters: [ids],
  });
  return rows.map((row) => textColumn(row, "id"));
}

/**
 * Drops dead letters: nobody is told what they say, and what waited behind them is sent.
 *
 * @param ids Null for all of them
 * @returns the ids of those that were dead
 * @throws DatabaseError
 */
export async function purgeDeadLetters(
  database: Database,
  ids: readonly bigint[] | null,
): Promise<readonly string[]> {
  const { rows } = await runStatement(database, "dead-letters", {
    label: "purge",
    sql: `WITH purged AS (
            DELETE FROM outbox WHERE dead_at_ms IS NOT NULL AND ${CHOSEN} RETURNING id
          ) SELECT id, pg_notify('${OUTBOX_CHANNEL}', '') FROM purged ORDER BY id`,
    parameters: [ids],
  });
  return rows.map((row) => textColumn(row, "id"));
}

const CHOSEN = "($1::bigint[] IS NULL OR id = ANY ($1::bigint[]))";

function readDeadLetter(row: Row): DeadLetter {
  return {
    id: textColumn(row, "id"),
    eventId: textColumn(row, "event_id"),
    topic: textColumn(row, "topic"),
    key: textColumn(row, "message_key"),
    payload: textColumn(row, "payload"),
    reason: textColumn(row, "refusal"),
    attempts: Number(textColumn(row, "attempts")),
    deadAtMs: Number(bigintColumn(row, "dead_at_ms")),
  };
}
