import { bigintColumn, textColumn } from "../database/row.ts";
import { runStatement } from "../database/transaction.ts";
import { eventWords } from "../domain/events.ts";
import type { Database, Row } from "../ports/database.ts";
import { passes } from "../ports/passes.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { Taken } from "./claim.ts";
import type { Handle } from "./consume.ts";
import { readDelivery, reasonOf } from "./read-delivery.ts";
import { placeName, type Place } from "./set-aside.ts";

/** A message that could not be taken in. */
export interface SetAside extends Place {
  /** The message's value; a NUL is written as `\u0000`, and nothing where there was none. */
  readonly payload: string;
  readonly reason: string;
  readonly setAsideAtMs: number;
}

/** Before every place. */
export const FIRST_PLACE: Place = { topic: "", partition: 0, offset: "0" };

/** Reads what `placeName` wrote; undefined where it is no place. */
export function parsePlace(text: string): Place | undefined {
  const [, topic, partition, offset] = PLACE.exec(text) ?? [];
  return topic === undefined || partition === undefined || offset === undefined
    ? undefined
    : { topic, partition: Number(partition), offset };
}

/** A place as `placeName` writes it. */
export const PLACE = /^([A-Za-z0-9._-]{1,100})\/([0-9]{1,9})\/([0-9]{1,18})$/;

/** The messages that were set aside, after that place, by their places. @throws DatabaseError */
export async function listSetAside(
  database: Database,
  { after, limit }: { readonly after: Place; readonly limit: number },
): Promise<readonly SetAside[]> {
  const { rows } = await runStatement(database, "set-aside", {
    label: "list",
    sql: `SELECT ${COLUMNS} FROM dead_letters
     WHERE (topic, dead_letters.partition_id, message_offset) > ($1, $2::integer, $3::bigint)
     ORDER BY topic, dead_letters.partition_id, message_offset LIMIT $4`,
    parameters: [...parametersOf(after), limit],
  });
  return rows.map(readSetAside);
}

/**
 * Drops a message that was set aside: it never has an effect.
 *
 * @returns false when none of that place is set aside
 * @throws DatabaseError
 */
export async function purgeSetAside(database: Database, place: Place): Promise<boolean> {
  const { rowCount } = await runStatement(database, "set-aside", {
    label: "purge",
    sql: `DELETE FROM dead_letters WHERE ${AT_PLACE}`,
    parameters: parametersOf(place),
  });
  return rowCount === 1;
}

/** What came of a message that was to be taken in again. */
export type TakenAgain =
  /** It is set aside no more. */
  | { readonly kind: "taken"; readonly taken: Taken }
  /** It stays where it is, with this reason. */
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "unknown" };

/**
 * Takes a message in again that was set aside, as if it came from its topic now: what it lacked may
 * be there by now, or this code may know what another did not. It is claimed with its effect as any
 * other is, so it has that once, whoever asks how often.
 *
 * @throws DatabaseError that passes; asking again is safe
 */
export async function takeAgain(
  ports: { readonly database: Database; readonly telemetry: Telemetry },
  handle: Handle,
  place: Place,
): Promise<TakenAgain> {
  const { database, telemetry } = ports;
  const { rows } = await runStatement(database, "set-aside", {
    label: "read",
    sql: `SELECT ${COLUMNS} FROM dead_letters WHERE ${AT_PLACE}`,
    parameters: parametersOf(place),
  });
  const [letter] = rows.map(readSetAside);
  if (letter === undefined) {
    return { kind: "unknown" };
  }
  const outcome = await takeIn(letter, handle);
  const words = { place: placeName(place), ...outcome.words };
  if (outcome.kind === "refused") {
    const { reason } = outcome;
    telemetry.event("inbox.refused-again", { ...words, reason });
    await runStatement(database, "set-aside", {
      label: "note-reason",
      sql: `UPDATE dead_letters SET reason = $4 WHERE ${AT_PLACE}`,
      parameters: [...parametersOf(place), reason],
    });
    return { kind: "refused", reason };
  }
  telemetry.event("inbox.taken-again", { ...words, taken: outcome.taken });
  await purgeSetAside(database, place);
  return { kind: "taken", taken: outcome.taken };
}

async function takeIn({ topic, payload: value }: SetAside, handle: Handle) {
  const parsed = readDelivery({ topic, value });
  if (parsed.kind === "unreadable") {
    return { kind: "refused", reason: parsed.reason, words: {} } as const;
  }
  const words = eventWords(parsed.event);
  try {
    const [taken = "done"] = await handle([parsed.event]);
    return { kind: "taken", taken, words } as const;
  } catch (error) {
    if (passes(error)) {
      throw error;
    }
    return { kind: "refused", reason: reasonOf(error), words } as const;
  }
}

const COLUMNS =
  "topic, partition_id::text AS partition_id, message_offset, payload, reason, set_aside_at_ms";

const AT_PLACE =
  "topic = $1 AND dead_letters.partition_id = $2::integer AND message_offset = $3::bigint";

function parametersOf({ topic, partition, offset }: Place) {
  return [topic, partition, offset] as const;
}

function readSetAside(row: Row): SetAside {
  return {
    topic: textColumn(row, "topic"),
    partition: Number(textColumn(row, "partition_id")),
    offset: textColumn(row, "message_offset"),
    payload: textColumn(row, "payload"),
    reason: textColumn(row, "reason"),
    setAsideAtMs: Number(bigintColumn(row, "set_aside_at_ms")),
  };
}
