import { textColumn } from "../database/row.ts";
import { inRetriedTransaction } from "../database/transaction.ts";
import { eventWords, type Event } from "../domain/events.ts";
import type { PaymentStatus } from "../domain/payment.ts";
import { claimEvents, type Taken } from "../inbox/claim.ts";
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
 * Step 5 of the saga: applies the wallet's verdicts, PENDING to COMPLETED or FAILED, with the inbox
 * claims in one transaction for all of them. A terminal payment absorbs every later verdict.
 *
 * @throws DatabaseError; tried again, the inbox tells which verdicts were applied
 * @throws Error where one of the events can never be taken in
 */
export async function settlePayments(
  ports: SettlePorts,
  verdicts: readonly VerdictEvent[],
): Promise<readonly Taken[]> {
  const nowMs = ports.clock.nowMs();
  const settling = await inRetriedTransaction(ports, "settle", async (connection) => {
    const areNew = await claimEvents(connection, verdicts, nowMs);
    const fresh = verdicts.filter((_, index) => areNew[index]);
    const applied = await applyFirsts(connection, fresh, nowMs);
    const absorbed = fresh.filter((verdict) => !applied.has(verdict));
    const statuses = await statusesOf(connection, absorbed);
    demandPayments(absorbed, statuses);
    const taken = areNew.map((isNew): Taken => (isNew ? "done" : "duplicate"));
    return { taken, applied, absorbed, statuses };
  });
  for (const verdict of settling.absorbed) {
    const status = settling.statuses.get(verdict.paymentId) ?? "";
    ports.telemetry.event("settle.absorbed", { ...eventWords(verdict), status });
  }
  for (const verdict of settling.applied) {
    const { status, reason } = outcomeOf(verdict);
    const detail = { ...eventWords(verdict), status, reason: reason ?? "" };
    ports.telemetry.event("settle.done", detail);
  }
  return settling.taken;
}

/**
 * Applies the first verdict of each payment, where it is PENDING. That it is no older than the
 * oldest of those says no more, but spares PostgreSQL what is no longer PENDING, as in the relay.
 *
 * @returns those that were applied
 */
async function applyFirsts(
  connection: Connection,
  verdicts: readonly VerdictEvent[],
  nowMs: number,
): Promise<ReadonlySet<VerdictEvent>> {
  const firsts = new Map<string, VerdictEvent>();
  for (const verdict of verdicts) {
    if (!firsts.has(verdict.paymentId)) {
      firsts.set(verdict.paymentId, verdict);
    }
  }
  if (firsts.size === 0) {
    return new Set();
  }
  const outcomes = [...firsts.values()].map(outcomeOf);
  const { rows } = await connection.query({
    label: "update-status",
    sql: `UPDATE payments
     SET status = verdict.status, reason = verdict.reason, settled_at_ms = $4,
       receiver_owner_id = coalesce(verdict.receiver_owner_id, payments.receiver_owner_id),
       written_in = pg_current_xact_id()
     FROM unnest($1::text[], $2::text[], $3::text[], $5::text[])
       AS verdict (payment_id, status, reason, receiver_owner_id)
     WHERE payments.id = verdict.payment_id AND payments.status = 'PENDING'
       AND accepted_at_ms >= (SELECT min(accepted_at_ms) FROM payments WHERE status = 'PENDING')
     RETURNING payments.id`,
    parameters: [
      [...firsts.keys()],
      outcomes.map(({ status }) => status),
      outcomes.map(({ reason }) => reason),
      nowMs,
      outcomes.map(({ receiverOwnerId }) => receiverOwnerId),
    ],
  });
  const settled = new Set(rows.map((row) => textColumn(row, "id")));
  return new Set([...firsts.values()].filter(({ paymentId }) => settled.has(paymentId)));
}

function outcomeOf(verdict: VerdictEvent): Outcome {
  return verdict.type === "payment.completed"
    ? { status: "COMPLETED", reason: null, receiverOwnerId: verdict.receiverOwnerId }
    : { status: "FAILED", reason: verdict.reason, receiverOwnerId: null };
}

/** What a verdict makes of its payment. */
interface Outcome {
  readonly status: PaymentStatus;
  readonly reason: string | null;
  /** Who got the money, where it moved and the wallet has an owner. */
  readonly receiverOwnerId: string | null;
}

/** @throws Error for a payment that was never here */
function demandPayments(
  verdicts: readonly VerdictEvent[],
  statuses: ReadonlyMap<string, string>,
): void {
  for (const { paymentId } of verdicts) {
    if (!statuses.has(paymentId)) {
      throw new Error(`there is no payment ${JSON.stringify(paymentId)}`);
    }
  }
}

/** The statuses of the verdicts' payments, by the payments' ids. */
async function statusesOf(
  connection: Connection,
  verdicts: readonly VerdictEvent[],
): Promise<ReadonlyMap<string, string>> {
  if (verdicts.length === 0) {
    return new Map();
  }
  const { rows } = await connection.query({
    label: "read-status",
    sql: `SELECT id, status FROM payments WHERE id = ANY ($1::text[])`,
    parameters: [verdicts.map(({ paymentId }) => paymentId)],
  });
  return new Map(rows.map((row) => [textColumn(row, "id"), textColumn(row, "status")]));
}
