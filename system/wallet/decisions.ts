import type { TransferDecision } from "../domain/wallet.ts";
import type { Connection } from "../ports/database.ts";

/** Records what was decided about a payment. */
export async function insertDecision(
  connection: Connection,
  paymentId: string,
  decision: TransferDecision,
  nowMs: number,
): Promise<void> {
  const [outcome, reason] =
    decision.kind === "move" ? ["completed", null] : ["refused", decision.reason];
  await connection.query({
    label: "insert-decision",
    sql: `INSERT INTO transfer_decisions (payment_id, outcome, reason, decided_at_ms)
     VALUES ($1, $2, $3, $4)`,
    parameters: [paymentId, outcome, reason, nowMs],
  });
}

/** Whether something was decided about a payment. */
export async function isDecided(connection: Connection, paymentId: string): Promise<boolean> {
  const { rowCount } = await connection.query({
    label: "read-decision",
    sql: `SELECT outcome FROM transfer_decisions WHERE payment_id = $1`,
    parameters: [paymentId],
  });
  return rowCount === 1;
}
