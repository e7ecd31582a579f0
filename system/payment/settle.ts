import { textColumn } from "../database/row.ts";
import { inTransaction } from "../database/transaction.ts";
import { eventWords, type Event } from "../domain/events.ts";
import type { PaymentStatus } from "../domain/payment.ts";
import { claimEvent } from "../inbox/claim.ts";
import type { Clock } from "../ports/clock.ts";
import type { Connection, Database } from "../ports/database.ts";
import type { Telemetry } from "../ports/telemetry.ts";

export interface SettlePorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

export type VerdictEvent = Extract<Event, { type: "payment.completed" | "payment.failed" }>;

/**
 * Step 5 of the saga: applies the wallet's verdict, PENDING to COMPLETED or FAILED, with the inbox
 * claim in one transaction. A terminal payment absorbs every later verdict.
 *
 * @throws DatabaseError; tried again, the inbox tells whether the verdict was applied
 * @throws Error for an event that can never be taken in
 */
export async function settlePayment(
  ports: SettlePorts,
  verdict: VerdictEvent,
): Promise<"done" | "duplicate"> {
  const nowMs = ports.clock.nowMs();
  const outcome = outcomeOf(verdict);
  return inTransaction(ports.database, "settle", async (connection) => {
    if (!(await claimEvent(connection, { id: verdict.id, topic: verdict.type }, nowMs))) {
      await demandVerdict(connection, verdict);
      return "duplicate";
    }
    const { rowCount } = await connection.query({
      label: "update-status",
      sql: `UPDATE payments
       SET status = $2, reason = $3, settled_at_ms = $4, written_in = pg_current_xact_id()
       WHERE id = $1 AND status = 'PENDING'`,
      parameters: [verdict.paymentId, outcome.status, outcome.reason, nowMs],
    });
    if (rowCount === 0) {
      const status = await statusOf(connection, verdict.paymentId);
      if (status === undefined) {
        throw new Error(`there is no payment ${JSON.stringify(verdict.paymentId)}`);
      }
      ports.telemetry.event("settle.absorbed", { ...eventWords(verdict), status });
    } else {
      const { status, reason } = outcome;
      ports.telemetry.event("settle.done", {
        ...eventWords(verdict),
        status,
        reason: reason ?? "",
      });
    }
    return "done";
  });
}

function outcomeOf(verdict: VerdictEvent): { status: PaymentStatus; reason: string | null } {
  return verdict.type === "payment.completed"
    ? { status: "COMPLETED", reason: null }
    : { status: "FAILED", reason: verdict.reason };
}

/**
 * A duplicate is this very event again, and then its payment is terminal.
 *
 * @throws Error when it is not: the id was another event's
 */
async function demandVerdict(connection: Connection, verdict: VerdictEvent): Promise<void> {
  const status = await statusOf(connection, verdict.paymentId);
  if (status === undefined || status === "PENDING") {
    const { id, paymentId } = verdict;
    throw new Error(`event ${id} was taken in before, and not for payment ${paymentId}`);
  }
}

/** Undefined for a payment that was never here. */
async function statusOf(connection: Connection, paymentId: string): Promise<string | undefined> {
  const { rows } = await connection.query({
    label: "read-status",
    sql: `SELECT status FROM payments WHERE id = $1`,
    parameters: [paymentId],
  });
  return rows[0] === undefined ? undefined : textColumn(rows[0], "status");
}
