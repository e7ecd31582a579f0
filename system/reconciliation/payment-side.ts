import { textColumn } from "../database/row.ts";
import { PAYMENT_COLUMNS, readPayment, type RecordedPayment } from "../payment/records.ts";
import type { KeyRecord } from "./payment-case.ts";
import type { Snapshot } from "./snapshot.ts";

/** What the payment service's database says, at one moment. */

/** Ids of payments that were accepted before a moment and are PENDING, after an id. */
export async function paymentsPending(
  snapshot: Snapshot,
  acceptedBeforeMs: number,
  afterId: string,
  limit: number,
): Promise<readonly string[]> {
  const rows = await snapshot.read(
    "payments-pending",
    `SELECT id FROM payments
     WHERE status = 'PENDING' AND accepted_at_ms < $1 AND id > $2 ORDER BY id LIMIT $3`,
    [acceptedBeforeMs, afterId, limit],
  );
  return rows.map((row) => textColumn(row, "id"));
}

/** Payments by id, those that are there. */
export async function paymentsById(
  snapshot: Snapshot,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RecordedPayment>> {
  const rows = await snapshot.read(
    "payments",
    `SELECT ${PAYMENT_COLUMNS} FROM payments WHERE id = ANY ($1::text[])`,
    [ids],
  );
  return new Map(rows.map(readPayment).map((payment) => [payment.id, payment]));
}

/** The clients' keys of payments, by payment id. */
export async function keysOf(
  snapshot: Snapshot,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly KeyRecord[]>> {
  const rows = await snapshot.read(
    "keys",
    `SELECT payment_id, idempotency_key, request_fingerprint FROM idempotency_keys
     WHERE payment_id = ANY ($1::text[])`,
    [ids],
  );
  const found = new Map<string, KeyRecord[]>();
  for (const row of rows) {
    const id = textColumn(row, "payment_id");
    const record = {
      key: textColumn(row, "idempotency_key"),
      fingerprint: textColumn(row, "request_fingerprint"),
    };
    found.set(id, [...(found.get(id) ?? []), record]);
  }
  return found;
}
