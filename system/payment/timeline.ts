import { nullableTextColumn } from "../database/row.ts";
import { runStatement } from "../database/transaction.ts";
import type { Database } from "../ports/database.ts";
import type { RecordedPayment } from "./records.ts";

/** One thing that happened to a payment, as far as the payment service saw it. */
export interface PaymentEvent {
  readonly what: "accepted" | "published" | "completed" | "failed";
  readonly atMs: number;
  /** Of `failed` only. */
  readonly reason?: string;
}

/** What happened to a payment, in order. @throws DatabaseError */
export async function timelineOf(
  database: Database,
  payment: RecordedPayment,
): Promise<readonly PaymentEvent[]> {
  const events: PaymentEvent[] = [{ what: "accepted", atMs: payment.acceptedAtMs }];
  const sentAtMs = await publishedAtMs(database, payment.id);
  if (sentAtMs !== null) {
    events.push({ what: "published", atMs: sentAtMs });
  }
  if (payment.settledAtMs !== null) {
    events.push(
      payment.status === "COMPLETED"
        ? { what: "completed", atMs: payment.settledAtMs }
        : { what: "failed", atMs: payment.settledAtMs, reason: payment.reason ?? "" },
    );
  }
  return events;
}

async function publishedAtMs(database: Database, paymentId: string): Promise<number | null> {
  const { rows } = await runStatement(database, "read", {
    label: "publication",
    sql: `SELECT sent_at_ms FROM outbox WHERE message_key = $1`,
    parameters: [paymentId],
  });
  const sentAtMs = rows[0] === undefined ? null : nullableTextColumn(rows[0], "sent_at_ms");
  return sentAtMs === null ? null : Number(sentAtMs);
}
