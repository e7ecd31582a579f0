import { runStatement } from "../database/transaction.ts";
import type { Database, SqlValue } from "../ports/database.ts";
import { PAYMENT_COLUMNS, readPayment, type RecordedPayment } from "./records.ts";

/** Which payments a list is of, and where its page begins. */
export interface PaymentQuery {
  readonly status: string | undefined;
  /** Only those that are shown to this principal; undefined for all. */
  readonly shownTo: string | undefined;
  /** Either party. */
  readonly walletId: string | undefined;
  /** Accepted after this moment, in milliseconds since the epoch. */
  readonly createdAfterMs: number | undefined;
  /** The last payment of the page before. */
  readonly after: { readonly acceptedAtMs: number; readonly id: string } | undefined;
  readonly limit: number;
}

/**
 * Payments in the order in which they were accepted. A payment that is accepted while somebody
 * turns the pages comes at their end.
 *
 * @throws DatabaseError
 */
export async function listPayments(
  database: Database,
  query: PaymentQuery,
): Promise<readonly RecordedPayment[]> {
  const parameters: SqlValue[] = [];
  const place = (value: SqlValue): string => `$${parameters.push(value)}`;
  const conditions: string[] = [];
  if (query.status !== undefined) {
    conditions.push(`status = ${place(query.status)}`);
  }
  if (query.walletId !== undefined) {
    const walletId = place(query.walletId);
    conditions.push(`(sender_wallet_id = ${walletId} OR receiver_wallet_id = ${walletId})`);
  }
  if (query.shownTo !== undefined) {
    const principalId = place(query.shownTo);
    conditions.push(`(sender_owner_id = ${principalId} OR receiver_owner_id = ${principalId})`);
  }
  if (query.createdAfterMs !== undefined) {
    conditions.push(`accepted_at_ms > ${place(query.createdAfterMs)}`);
  }
  if (query.after !== undefined) {
    const [atMs, id] = [place(query.after.acceptedAtMs), place(query.after.id)];
    conditions.push(`(accepted_at_ms > ${atMs} OR (accepted_at_ms = ${atMs} AND id > ${id}))`);
  }
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")} `;
  const { rows } = await runStatement(database, "read", {
    label: "payments",
    sql: `SELECT ${PAYMENT_COLUMNS} FROM payments ${where}ORDER BY accepted_at_ms, id LIMIT ${place(query.limit)}`,
    parameters,
  });
  return rows.map(readPayment);
}
