import type { Clock } from "../ports/clock.ts";
import type { Database } from "../ports/database.ts";
import type { Entropy } from "../ports/entropy.ts";
import { messageOf } from "../ports/message-of.ts";
import type { Break } from "./break-classes.ts";
import { countSeen, recordBreaks, resolveUnseen } from "./break-records.ts";
import type { Cut } from "./examination.ts";
import { examineAccounts } from "./examine-accounts.ts";
import { examinePayments } from "./examine-payments.ts";
import { createInFlight } from "./in-flight.ts";
import type { AgeLimits } from "./payment-case.ts";
import { beginRun, endRun, lastWatermarks, NOTHING_SEEN, type RunResult } from "./run-records.ts";
import { openSnapshot, type Snapshot } from "./snapshot.ts";
import { deadLettersOf } from "./unsent.ts";

export interface ReconcilePorts {
  /** The engine's own database. */
  readonly database: Database;
  /** The services' databases, through roles that can only read. */
  readonly sources: { readonly payment: Database; readonly wallet: Database };
  readonly clock: Clock;
  readonly entropy: Entropy;
}

/** What a run goes by. */
export interface ReconcileRequest {
  readonly startedBy: "clock" | "demand";
  readonly limits: AgeLimits;
  /**
   * `news` is what was written since the last run that ended, and what was not over then;
   * `everything` also finds what somebody did to rows that were found to agree before.
   */
  readonly scope: "news" | "everything";
}

/**
 * Compares both services' databases, and notes every break in the engine's own.
 *
 * Two databases have no common snapshot, but they have causes: a payment is accepted, then decided,
 * then settled. So the payment service is read before the wallet and after it, each in a snapshot
 * that is held until the end, and each judgement takes the reading on which it is sound while
 * payments go on.
 *
 * A run looks at what was written since the last one that ended, and at what was not over then: its
 * cost grows with the traffic between them. It works page by page, in bounded memory.
 *
 * @throws nothing: a run that cannot be ended is recorded as failed where that can be recorded
 */
export async function reconcile(
  ports: ReconcilePorts,
  request: ReconcileRequest,
): Promise<RunResult & { readonly id: string }> {
  const { database, clock, entropy } = ports;
  const id = entropy.uuid();
  const startedAtMs = clock.nowMs();
  await beginRun(database, { id, startedBy: request.startedBy, atMs: startedAtMs });
  const result = await examine(ports, request, id).catch(failed);
  await endRun(database, id, result, clock.nowMs());
  return { ...result, id };
}

async function examine(
  ports: ReconcilePorts,
  { limits, scope }: ReconcileRequest,
  runId: string,
): Promise<RunResult> {
  const { database, clock } = ports;
  const last = await lastWatermarks(database);
  const seen = scope === "news" ? last : NOTHING_SEEN;
  return withCut(ports, async (cut) => {
    const nowMs = clock.nowMs();
    const inFlight = createInFlight();
    const note = (found: readonly Break[]) => recordBreaks(ports, runId, found, nowMs);
    const examination = { runId, cut, seen, nowMs, limits, note };
    const accounts = await examineAccounts(database, examination);
    const payments = await examinePayments(database, examination, inFlight);
    await note(await deadLettersOf(cut.late, "payment"));
    await note(await deadLettersOf(cut.wallet, "wallet"));
    const vacuous = whyVacuous(last, cut, { payments, accounts });
    if (vacuous !== undefined) {
      throw new Error(vacuous);
    }
    await resolveUnseen(database, runId, nowMs);
    const breaks = await countSeen(database, runId);
    return {
      outcome: breaks === 0 ? "clean" : "breaks",
      failure: null,
      payments: payments.examined,
      entries: accounts.entries,
      accounts: accounts.accounts,
      breaks,
      inFlight: inFlight.summary(),
      watermarks: { payment: cut.late.watermark, wallet: cut.wallet.watermark },
    };
  });
}

/** R13: a run that looked at nothing where there was something has proved nothing. */
function whyVacuous(
  seen: { readonly payment: bigint; readonly wallet: bigint },
  cut: Cut,
  {
    payments,
    accounts,
  }: {
    readonly payments: { readonly examined: number; readonly written: number };
    readonly accounts: { readonly accounts: number; readonly counted: number };
  },
): string | undefined {
  if (cut.late.watermark < seen.payment || cut.wallet.watermark < seen.wallet) {
    return "VACUOUS_RUN: a database is behind what was seen of it before: it is another one";
  }
  if (payments.examined < payments.written) {
    return `VACUOUS_RUN: ${payments.written} payments were written, and ${payments.examined} examined`;
  }
  return accounts.accounts < accounts.counted
    ? `VACUOUS_RUN: there are ${accounts.counted} accounts, and ${accounts.accounts} were examined`
    : undefined;
}

async function withCut<T>(ports: ReconcilePorts, use: (cut: Cut) => Promise<T>): Promise<T> {
  const { payment, wallet } = ports.sources;
  const open: Snapshot[] = [];
  const next = async (database: Database, name: string): Promise<Snapshot> => {
    const snapshot = await openSnapshot(database, name);
    open.push(snapshot);
    return snapshot;
  };
  try {
    const early = await next(payment, "payment-early");
    const walletSide = await next(wallet, "wallet");
    const late = await next(payment, "payment-late");
    return await use({ early, wallet: walletSide, late });
  } finally {
    await Promise.all(open.map((snapshot) => snapshot.close()));
  }
}

function failed(error: unknown): RunResult {
  return {
    outcome: "failed",
    failure: messageOf(error),
    payments: 0,
    entries: 0,
    accounts: 0,
    breaks: 0,
    inFlight: null,
    watermarks: null,
  };
}
