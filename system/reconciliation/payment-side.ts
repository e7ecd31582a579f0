import { bigintColumn, textColumn } from "../database/row.ts";
import { PAYMENT_COLUMNS, readPayment, type RecordedPayment } from "../payment/records.ts";
import type { KeyRecord } from "./payment-case.ts";
import type { Snapshot } from "./snapshot.ts";

/** What the payment service's database says, at one moment. */

/** A place in the order of writing. */
export interface WrittenPlace {
  readonly writtenIn: bigint;
  readonly id: string;
}

/** Ids of payments written at or after a watermark, in the order of writing, after a place. */
export async function paymentsWritten(
  snapshot: Snapshot,
  since: bigint,
  after: WrittenPlace | undefined,
  limit: number,
): Promise<readonly WrittenPlace[]> {
  const from = after ?? { writtenIn: since, id: "" };
  const rows = await snapshot.read(
    "payments-written",
    `SELECT written_in::text AS written_in, id FROM payments
     WHERE written_in >= $1::text::xid8 AND (written_in > $1::text::xid8 OR id > $2)
     ORDER BY payments.written_in, id LIMIT $3`,
    [String(from.writtenIn), from.id, limit],
  );
  return rows.map((row) => ({
    writtenIn: bigintColumn(row, "written_in"),
    id: textColumn(row, "id"),
  }));
}

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

/** Which of these payments were written at or after a watermark. */
export async function writtenSince(
  snapshot: Snapshot,
  ids: readonly string[],
  since: bigint,
): Promise<ReadonlySet<string>> {
  const rows = await snapshot.read(
    "written-since",
    `SELECT id FROM payments WHERE id = ANY ($1::text[]) AND written_in >= $2::text::xid8`,
    [ids, String(since)],
  );
  return new Set(rows.map((row) => textColumn(row, "id")));
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
