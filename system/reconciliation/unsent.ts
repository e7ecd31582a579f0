import { bigintColumn, textColumn } from "../database/row.ts";
import { TOPICS } from "../domain/events.ts";
import type { Break } from "./break-classes.ts";
import type { Snapshot } from "./snapshot.ts";

/** Payments that have an event in this outbox that is unsent for too long, by id. */
export async function paymentsUnsent(
  snapshot: Snapshot,
  appendedBeforeMs: number,
  afterId: bigint,
  limit: number,
): Promise<readonly { readonly outboxId: bigint; readonly paymentId: string }[]> {
  const rows = await snapshot.read(
    "unsent",
    `SELECT id, message_key FROM outbox
     WHERE sent_at_ms IS NULL AND appended_at_ms < $1 AND id > $2 AND topic = ANY ($4::text[])
     ORDER BY id LIMIT $3`,
    [appendedBeforeMs, afterId, limit, TOPICS],
  );
  return rows.map((row) => ({
    outboxId: bigintColumn(row, "id"),
    paymentId: textColumn(row, "message_key"),
  }));
}

const LETTERS_MAX = 1_000;

/** R9: the messages that a service has set aside, the newest first. */
export async function deadLettersOf(
  snapshot: Snapshot,
  service: string,
): Promise<readonly Break[]> {
  const rows = await snapshot.read(
    "dead-letters",
    `SELECT topic, partition_id::text AS partition_id, message_offset, reason FROM dead_letters
     ORDER BY set_aside_at_ms DESC, topic, dead_letters.partition_id, message_offset LIMIT $1`,
    [LETTERS_MAX],
  );
  return rows.map((row) => {
    const [topic, partition] = [textColumn(row, "topic"), textColumn(row, "partition_id")];
    return {
      class: "DEAD_LETTER",
      subject: `message ${topic}/${partition}/${textColumn(row, "message_offset")} of ${service}`,
      detail: textColumn(row, "reason"),
    };
  });
}
