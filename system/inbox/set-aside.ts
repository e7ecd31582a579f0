import { inTransaction } from "../database/transaction.ts";
import { appendMessages } from "../outbox/append.ts";
import type { Delivery } from "../ports/broker.ts";
import type { Clock } from "../ports/clock.ts";
import type { Database } from "../ports/database.ts";

/** How much of a message a letter on the topic holds, in UTF-16 code units. */
const LETTER_VALUE_MAX = 10_000;

/**
 * Keeps a message that cannot be taken in, with the reason: in `dead_letters`, which is what
 * counts, and through the outbox on the service's dead-letter topic, for whoever watches that. The
 * same message is kept once.
 */
export async function setAside(
  ports: {
    readonly database: Database;
    readonly clock: Clock;
    readonly deadLetterTopic: string;
  },
  delivery: Delivery,
  reason: string,
): Promise<void> {
  const nowMs = ports.clock.nowMs();
  await inTransaction(ports.database, "set-aside", async (connection) => {
    const { rowCount } = await connection.query({
      label: "insert-letter",
      sql: `INSERT INTO dead_letters
         (topic, partition_id, message_offset, payload, reason, set_aside_at_ms)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (topic, partition_id, message_offset) DO NOTHING`,
      parameters: [
        delivery.topic,
        delivery.partition,
        delivery.offset,
        storable(delivery.value ?? ""),
        storable(reason),
        nowMs,
      ],
    });
    if (rowCount === 1) {
      const place = placeName(delivery);
      const payload = encodeLetter(delivery, reason, nowMs);
      const letter = { id: place, key: place, topic: ports.deadLetterTopic, payload, atMs: nowMs };
      await appendMessages(connection, [letter]);
    }
  });
}

/** How a message that was set aside is named: `payment.created/0/17`. */
export function placeName({ topic, partition, offset }: Place): string {
  return `${topic}/${partition}/${offset}`;
}

/** Where a message was on its topic. */
export type Place = Pick<Delivery, "topic" | "partition" | "offset">;

/** JSON; the value is null for a tombstone, and cut off where it is long. */
function encodeLetter(delivery: Delivery, reason: string, setAsideAtMs: number): string {
  const { topic, partition, offset, key, value } = delivery;
  const isCut = value !== null && value.length > LETTER_VALUE_MAX;
  const kept = value === null ? null : value.slice(0, LETTER_VALUE_MAX);
  return JSON.stringify({
    reason,
    topic,
    partition,
    offset,
    key,
    value: kept,
    isCut,
    setAsideAtMs,
  });
}

/** PostgreSQL's text holds every character but NUL. */
function storable(text: string): string {
  return text.replaceAll("\u0000", "\\u0000");
}
