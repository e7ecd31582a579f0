import type { Clock } from "../ports/clock.ts";
import type { Database } from "../ports/database.ts";
import type { Entropy } from "../ports/entropy.ts";
import { messageOf } from "../ports/message-of.ts";
import { alone } from "./alone.ts";
import type { Break } from "./break-classes.ts";
import { countSeen, recordBreaks, resolveUnseen } from "./break-records.ts";
import type { Count, Cut } from "./examination.ts";
import { examineAccounts } from "./examine-accounts.ts";
import { examinePayments } from "./examine-payments.ts";
import { createInFlight } from "./in-flight.ts";
import type { AgeLimits } from "./payment-case.ts";
import {
  beginRun,
  endRun,
  lastWatermarks,
  NOTHING_SEEN,
  type RunResult,
  type Watermarks,
} from "./run-records.ts";
import { madeAtMsOf, openSnapshot, type Snapshot } from "./snapshot.ts";
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
 * There is one run at a time, whoever asks for it. One that cannot be ended is recorded as failed.
 *
 * @returns undefined, at once, while another run is under way: then nothing was compared
 * @throws DatabaseError of the engine's own database
 */
export async function reconcile(
  ports: ReconcilePorts,
  request: ReconcileRequest,
): Promise<(RunResult & { readonly id: string }) | undefined> {
  const { database, clock, entropy } = ports;
  return alone(database, "reconcile", async () => {
    const id = entropy.uuid();
    const startedAtMs = clock.nowMs();
    await beginRun(database, { id, startedBy: request.startedBy, atMs: startedAtMs });
    const result = await examine(ports, request, id).catch(failed);
    await endRun(database, id, result, clock.nowMs());
    return { ...result, id };
  });
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
    const watermarks = await watermarksOf(cut);
    const vacuous =
      whyElsewhere(last, watermarks) ??
      whyUnlooked("payments that were written", payments.payments) ??
      whyUnlooked("decisions that were written", payments.decisions) ??
      whyUnlooked("accounts", accounts.accounts) ??
      whyUnlooked("external transfers that were written", accounts.externals);
    if (vacuous !== undefined) {
      throw new Error(`VACUOUS_RUN: ${vacuous}`);
    }
    await resolveUnseen(database, runId, nowMs);
    const breaks = await countSeen(database, runId);
    return {
      outcome: breaks === 0 ? "clean" : "breaks",
      failure: null,
      payments: payments.examined,
      entries: accounts.entries,
      accounts: accounts.accounts.examined,
      breaks,
      inFlight: inFlight.summary(),
      watermarks,
    };
  });
}

async function watermarksOf({ late, wallet }: Cut): Promise<Watermarks> {
  return {
    payment: late.watermark,
    wallet: wallet.watermark,
    madeAtMs: { payment: await madeAtMsOf(late), wallet: await madeAtMsOf(wallet) },
  };
}

/** R13: another database than that of the run before may have nothing to find. */
function whyElsewhere(last: Watermarks, now: Watermarks): string | undefined {
  const sides = ["payment", "wallet"] as const;
  const other = sides.find((side) => {
    const madeAtMs = last.madeAtMs[side];
    return now[side] < last[side] || (madeAtMs !== null && madeAtMs !== now.madeAtMs[side]);
  });
  return other === undefined
    ? undefined
    : `the ${other} database is another one than that of the run before, or was set back`;
}

/** R13: a run that looked at less than the database counts has proved nothing. */
function whyUnlooked(what: string, { examined, counted }: Count): string | undefined {
  return examined === counted
    ? undefined
    : `there are ${counted} ${what}, and ${examined} were examined`;
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
