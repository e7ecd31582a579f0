import { type BreakBook, type Books, type ReconciliationBook } from "../books/books.ts";
import { plantedReports } from "./reconciliation-complete.ts";
import type { Breach, Ending, SystemPromise } from "./system-promise.ts";

export const reconciliationSound: SystemPromise = {
  name: "reconciliation-sound",
  sentence: "Reconciliation reports nothing while nothing is wrong, under live traffic too.",
  judged:
    "at every break that a run notes and at the end of every run; after the faults, a run over everything",
  atCommit: (books, { breaks, reconciliations }) => [
    ...[...breaks].flatMap((id) => judgeBreak(books, books.breaks.get(id))),
    ...[...reconciliations].flatMap((id) => judgeRun(books.reconciliations.get(id))),
  ],
  atEnd: (ending) => [
    ...[...ending.books.breaks.values()].flatMap((each) => judgeBreak(ending.books, each)),
    ...judgeLast(ending),
  ],
  outOf: ({ books }) => [
    { count: books.breaks.size, noun: "breaks" },
    { count: books.reconciliations.size, noun: "runs" },
  ],
};

function judgeBreak(books: Books, noted: BreakBook | undefined): readonly Breach[] {
  if (noted === undefined || !noted.isOpen || isTrue(books, noted)) {
    return [];
  }
  const found = `is noted of ${noted.subject} (${noted.detail}), and is not so`;
  return [{ subject: noted.class, found }];
}

/** Whether what was noted is so, by what is seen of both services beside it. */
function isTrue(books: Books, { class: name, subject }: BreakBook): boolean {
  if (plantedReports(books).has(`${name} ${subject}`)) {
    return true;
  }
  if (name === "DEAD_LETTER") {
    return setAsideNames(books).has(subject);
  }
  const paymentId = /^payment (.+)$/.exec(subject)?.[1];
  return AGED.test(name) && isAged(books, paymentId ?? "");
}

/** The classes that age alone makes. */
const AGED = /^(STUCK_|STATUS_BEHIND$|OUTBOX_AGED$|LOST_EVENT$)/;

/** Whether a payment was under way for longer than any run was to let it. */
function isAged({ payments, clients, isWatched, nowMs }: Books, paymentId: string): boolean {
  const payment = payments.get(paymentId);
  const limitMs = Math.min(...clients.pendingLimitsMs);
  // How long, is known commit by commit, or not at all.
  return (
    !isWatched ||
    (payment !== undefined && (payment.terminalAtMs ?? nowMs) - payment.seenAtMs > limitMs)
  );
}

function setAsideNames({ setAside }: Books): ReadonlySet<string> {
  return new Set(
    [...setAside].flatMap(([service, places]) =>
      [...places.keys()].map((place) => `message ${place} of ${service}`),
    ),
  );
}

/** A run may fail where a server is away; none may have looked at nothing. */
function judgeRun(run: ReconciliationBook | undefined): readonly Breach[] {
  return run?.failure?.startsWith("VACUOUS_RUN") === true
    ? [{ subject: `run ${run.id}`, found: `has failed: ${run.failure}`, noun: "runs" }]
    : [];
}

/** With everything up and at rest, the last run has ended. */
function judgeLast({ books, audit }: Ending): readonly Breach[] {
  const run = audit === null ? undefined : books.reconciliations.get(audit.runId);
  return audit === null || run?.outcome === "clean" || run?.outcome === "breaks"
    ? []
    : [
        {
          subject: "the last run",
          found: `is ${run?.outcome ?? "not there"}: ${run?.failure ?? "nobody was answered"}`,
          noun: "runs",
        },
      ];
}
