import { inTransaction } from "../database/transaction.ts";
import type { Delivery } from "../ports/broker.ts";
import type { Clock } from "../ports/clock.ts";
import type { Database } from "../ports/database.ts";

/** Keeps a message that cannot be taken in, with the reason. The same message is kept once. */
export async function setAside(
  ports: { readonly database: Database; readonly clock: Clock },
  delivery: Delivery,
  reason: string,
): Promise<void> {
  await inTransaction(ports.database, "set-aside", (connection) =>
    connection.query({
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
        ports.clock.nowMs(),
      ],
    }),
  );
}

/** PostgreSQL's text holds every character but NUL. */
function storable(text: string): string {
  return text.replaceAll("\u0000", "\\u0000");
}
