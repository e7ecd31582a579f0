import type { RefusalReason } from "../domain/payment.ts";
import type { Connection } from "../ports/database.ts";

/** What was decided about a payment. */
export interface DecidedPayment {
  readonly paymentId: string;
  /** Why it was refused; null when the money moved. */
  readonly reason: RefusalReason | null;
  /** Who owns the wallet that got the money; null where none did, or nobody owns it. */
  readonly receiverOwnerId: string | null;
}

/** Records what was decided about payments, in this order. */
export async function insertDecisions(
  connection: Connection,
  decided: readonly DecidedPayment[],
  nowMs: number,
): Promise<void> {
  await connection.query({
    label: "insert-decision",
    sql: `INSERT INTO transfer_decisions (payment_id, outcome, reason, decided_at_ms)
     SELECT payment_id, CASE WHEN reason IS NULL THEN 'completed' ELSE 'refused' END, reason, $3::bigint
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY
       AS decision (payment_id, reason, nr) ORDER BY nr`,
    parameters: [
      decided.map(({ paymentId }) => paymentId),
      decided.map(({ reason }) => reason),
      nowMs,
    ],
  });
}
