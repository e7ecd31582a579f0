import type { Database } from "../ports/database.ts";
import { openBreaksAfter } from "./break-records.ts";
import { eventsOf, eventsTaken } from "./event-records.ts";
import type { Count, Cut, Examination } from "./examination.ts";
import type { InFlight } from "./in-flight.ts";
import { judgePayment } from "./judge-payment.ts";
import type { PaymentCase } from "./payment-case.ts";
import { keysOf, paymentsById, paymentsPending } from "./payment-side.ts";
import { paymentsUnsent } from "./unsent.ts";
import { decisionsOf, entriesOfPayments } from "./wallet-side.ts";
import {
  countWritten,
  WRITTEN_DECISIONS,
  WRITTEN_PAYMENTS,
  writtenAfter,
  writtenAmong,
  type WrittenPlace,
} from "./written.ts";

const PAGE = 500;

/**
 * Judges every payment of which anything was written since the watermarks, on either side, and
 * those that were not over: PENDING for too long, with an event unsent, or in an open break.
 */
export async function examinePayments(
  database: Database,
  examination: Examination,
  inFlight: InFlight,
): Promise<{ readonly examined: number; readonly payments: Count; readonly decisions: Count }> {
  const { cut, seen, nowMs, limits } = examination;
  let examined = 0;
  let [payments, decisions] = [0, 0];
  const judge = async (ids: readonly string[]): Promise<readonly PaymentCase[]> => {
    const cases = await casesOf(cut, ids);
    for (const payment of cases) {
      examined += 1;
      await examination.note(judgePayment(payment, nowMs, limits));
    }
    return cases;
  };
  for await (const ids of pages((after) =>
    writtenAfter(cut.late, WRITTEN_PAYMENTS, seen.payment, after, PAGE),
  )) {
    payments += ids.length;
    addDurations(await judge(ids), inFlight);
  }
  for await (const ids of pages((after) =>
    writtenAfter(cut.wallet, WRITTEN_DECISIONS, seen.wallet, after, PAGE),
  )) {
    decisions += ids.length;
    const known = await writtenAmong(cut.late, WRITTEN_PAYMENTS, ids, seen.payment);
    await judge(ids.filter((id) => !known.has(id)));
  }
  const isOld = async (ids: readonly string[]): Promise<readonly string[]> => {
    const [known, decided] = [
      await writtenAmong(cut.late, WRITTEN_PAYMENTS, ids, seen.payment),
      await writtenAmong(cut.wallet, WRITTEN_DECISIONS, ids, seen.wallet),
    ];
    return ids.filter((id) => !known.has(id) && !decided.has(id));
  };
  for await (const ids of leftOver(database, examination)) {
    await judge(await isOld([...new Set(ids)]));
  }
  const counted = {
    payments: await countWritten(cut.late, WRITTEN_PAYMENTS, seen.payment),
    decisions: await countWritten(cut.wallet, WRITTEN_DECISIONS, seen.wallet),
  };
  return {
    examined,
    payments: { examined: payments, counted: counted.payments },
    decisions: { examined: decisions, counted: counted.decisions },
  };
}

/** Pages of a list in the order of writing. */
async function* pages(
  read: (after: WrittenPlace | undefined) => Promise<readonly WrittenPlace[]>,
): AsyncGenerator<readonly string[]> {
  let after: WrittenPlace | undefined;
  for (;;) {
    const page = await read(after);
    if (page.length > 0) {
      yield page.map(({ id }) => id);
    }
    if (page.length < PAGE) {
      return;
    }
    after = page.at(-1);
  }
}

/** Pages of payments that were not over when somebody looked the last time. */
async function* leftOver(
  database: Database,
  { cut, runId, nowMs, limits }: Examination,
): AsyncGenerator<readonly string[]> {
  const beforeMs = nowMs - limits.pendingMs;
  for (let after = ""; ;) {
    const ids = await paymentsPending(cut.late, beforeMs, after, PAGE);
    yield ids;
    if (ids.length < PAGE) {
      break;
    }
    after = ids.at(-1) ?? "";
  }
  for (const side of [cut.late, cut.wallet]) {
    for (let after = 0n; ;) {
      const unsent = await paymentsUnsent(side, beforeMs, after, PAGE);
      yield unsent.map(({ paymentId }) => paymentId);
      if (unsent.length < PAGE) {
        break;
      }
      after = unsent.at(-1)?.outboxId ?? 0n;
    }
  }
  for (let after = "payment "; ;) {
    const open = await openBreaksAfter(database, after, PAGE);
    const prefix = "payment ";
    yield open
      .filter(({ subject, seenByRun }) => subject.startsWith(prefix) && seenByRun !== runId)
      .map(({ subject }) => subject.slice(prefix.length));
    if (open.length < PAGE) {
      return;
    }
    after = open.at(-1)?.subject ?? "";
  }
}

/** Everything that both sides say of these payments. */
async function casesOf(cut: Cut, ids: readonly string[]): Promise<readonly PaymentCase[]> {
  if (ids.length === 0) {
    return [];
  }
  const early = await paymentsById(cut.early, ids);
  const late = await paymentsById(cut.late, ids);
  const keys = await keysOf(cut.late, ids);
  const created = await eventsOf(cut.late, ["payment.created"], ids);
  const decisions = await decisionsOf(cut.wallet, ids);
  const entries = await entriesOfPayments(cut.wallet, ids);
  const verdicts = await eventsOf(cut.wallet, ["payment.completed", "payment.failed"], ids);
  const taken = await eventsTaken(cut.wallet, eventIds(created));
  const applied = await eventsTaken(cut.late, eventIds(verdicts));
  return ids.map((id) => {
    const asked = created.get(id);
    const verdict = verdicts.get(id);
    return {
      id,
      early: early.get(id),
      late: late.get(id),
      keys: keys.get(id) ?? [],
      created: asked,
      isTaken: asked !== undefined && taken.has(asked.eventId),
      decision: decisions.get(id),
      entries: entries.get(id) ?? [],
      verdict,
      isApplied: verdict !== undefined && applied.has(verdict.eventId),
    };
  });
}

function eventIds(events: ReadonlyMap<string, { readonly eventId: string }>): readonly string[] {
  return [...events.values()].map(({ eventId }) => eventId);
}

function addDurations(cases: readonly PaymentCase[], inFlight: InFlight): void {
  for (const { late } of cases) {
    if (late !== undefined && late.settledAtMs !== null) {
      inFlight.add(Math.max(0, late.settledAtMs - late.acceptedAtMs));
    }
  }
}
