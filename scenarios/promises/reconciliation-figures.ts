import type { Books, ReconciliationBook } from "../books/books.ts";
import { fieldIn } from "../books/client-book.ts";
import type { Ending, SystemPromise } from "./system-promise.ts";

export const reconciliationFigures: SystemPromise = {
  name: "reconciliation-figures",
  sentence:
    "The last reconciliation, over everything and at rest, has looked at all that there is, and says how many breaks are open and how long payments were under way.",
  judged:
    "at the end; what it has looked at, where nobody has written to a database past its service",
  atEnd: (ending) => {
    const found = whyWrong(ending);
    return found === undefined ? [] : [{ subject: "the last run", found }];
  },
  outOf: ({ books }) => [{ count: books.reconciliations.size, noun: "runs" }],
};

function whyWrong({ books, audit }: Ending): string | undefined {
  const run = books.reconciliations.get(audit?.runId ?? "");
  // One that has not ended is no matter of figures.
  if (run === undefined || (run.outcome !== "clean" && run.outcome !== "breaks")) {
    return undefined;
  }
  return (
    whyMiscounted(books, run) ?? (books.planted.size > 0 ? undefined : whyUnlooked(books, run))
  );
}

function whyMiscounted(books: Books, { outcome, breaksFound }: ReconciliationBook) {
  const open = [...books.breaks.values()].filter(({ isOpen }) => isOpen).length;
  if (open !== breaksFound) {
    return `says that there are ${breaksFound} breaks, and ${open} are open`;
  }
  return outcome === (breaksFound === 0 ? "clean" : "breaks")
    ? undefined
    : `is ${outcome} with ${breaksFound} breaks`;
}

function whyUnlooked(books: Books, { examined, inFlight }: ReconciliationBook): string | undefined {
  const accounts = [...books.wallets.values()];
  const right = {
    payments: books.payments.size,
    entries: accounts.reduce((sum, { entries }) => sum + entries.length, 0),
    accounts: accounts.length,
  };
  const wrong = (["payments", "entries", "accounts"] as const).find(
    (what) => examined[what] !== right[what],
  );
  return wrong === undefined
    ? whyMistimed(books, inFlight)
    : `has looked at ${examined[wrong]} ${wrong}, and there are ${right[wrong]}`;
}

/** A share is told with an error below a fifth, and what took less than that as a millisecond. */
const ERROR_MAX = 1.2;
const LEAST_MS = 1;
const SHARES = [
  ["p50Ms", 0.5],
  ["p90Ms", 0.9],
  ["p99Ms", 0.99],
  ["maxMs", 1],
] as const;

function whyMistimed({ payments }: Books, inFlight: string | null): string | undefined {
  const durationsMs = [...payments.values()]
    .flatMap(({ acceptedAtMs, settledAtMs }) =>
      settledAtMs === null ? [] : [Math.max(0, Number(settledAtMs) - Number(acceptedAtMs))],
    )
    .toSorted((one, other) => one - other);
  const told: unknown = JSON.parse(inFlight ?? "{}");
  const count = Number(fieldIn(told, "count") ?? 0);
  if (count !== durationsMs.length) {
    return `has timed ${count} payments, and ${durationsMs.length} are over`;
  }
  const wrong = SHARES.find(([name, share]) => {
    const rightMs = durationsMs[Math.ceil(durationsMs.length * share) - 1] ?? 0;
    const saidMs = Number(fieldIn(told, name) ?? 0);
    const mostMs = share === 1 ? rightMs : Math.max(LEAST_MS, ERROR_MAX * rightMs);
    return saidMs < rightMs || saidMs > mostMs;
  });
  return wrong === undefined
    ? undefined
    : `says ${String(inFlight)}, of which ${wrong[0]} is wrong`;
}
