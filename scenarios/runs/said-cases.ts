import type { LineName } from "../../system/ports/telemetry.ts";
import type { Outcome } from "./run-plan.ts";

/** PostgreSQL's `deadlock_detected`. */
const DEADLOCK = "40P01";

/** What a line shows that a run came to; or why no workload is expected to come to it. */
type Shown =
  | { readonly name: string; readonly counts?: (detail: Detail) => boolean }
  | { readonly unclaimed: string };

type Detail = Readonly<Record<string, string | number>>;

/**
 * Every line that a service can say, and what it shows: a way through the services that is taken
 * only when something goes wrong, or comes twice. A line that is not here does not compile.
 */
const SHOWN: Readonly<Record<LineName, Shown>> = {
  "accept.apart": { name: "a group of requests fails, and each is served by itself" },
  "accept.done": { name: "a payment is accepted" },
  "consumer.ended": {
    unclaimed: "the client library gives up on its own: no fault brings it about",
  },
  "consumer.restart": { name: "a consumer that lost its broker joins anew" },
  "http.failed": { unclaimed: "a request meets an error of the service: that is a bug" },
  "http.not-admitted": { name: "a request is not admitted" },
  "http.not-available": { name: "a client is told to ask again" },
  "inbox.apart": { name: "a batch fails, and each message is taken in by itself" },
  "inbox.done": { name: "an event is taken in" },
  "inbox.doubt": { name: "a commit that nobody knows the end of is looked up" },
  "inbox.duplicate": { name: "an event that comes again is recognised" },
  "inbox.left": { name: "a message is left to come again" },
  "inbox.offset-not-committed": {
    unclaimed: "two faults within one batch: none of 750 runs came to it",
  },
  "inbox.refused-again": { unclaimed: "an operator's: set-aside-contract.ts tries it" },
  "inbox.retry": { name: "a message is tried again" },
  "inbox.set-aside": { name: "a message is set aside" },
  "inbox.taken-again": { unclaimed: "an operator's, as above" },
  "process.cannot-go-on": { unclaimed: "a role ends with an error that does not pass: a bug" },
  "process.cannot-start": { unclaimed: "as one that cannot go on, at the start" },
  "process.foreign-schema": { unclaimed: "a database of other code: no plan makes one" },
  "process.part-failed": {
    unclaimed: "a process is told to stop while its broker is away: none of 750 runs came to it",
  },
  "process.started": { name: "a process starts" },
  "process.stopped": { name: "a process that was told to stop ends" },
  "process.waiting": { name: "a process waits at its start for what is away" },
  "reconciliation.not-recorded": { unclaimed: "of the run at midnight, and no run lasts so long" },
  "reconciliation.republished": { name: "what is broken is mended" },
  "reconciliation.run": { unclaimed: "of the run at midnight, as above" },
  "relay.dead-letter": { unclaimed: "the broker refuses no event of a plan: none is too large" },
  "relay.lease-lost": {
    unclaimed: "a relay stands still while it sends: one run in a hundred, and relay.test.ts",
  },
  "relay.lease-taken": {
    name: "a relay takes the outbox over from another",
    // The first of all takes it over from nobody.
    counts: ({ fence }) => fence !== "1",
  },
  "relay.outage": { name: "an outage stops a relay" },
  "relay.outage-over": { name: "a relay outlives an outage" },
  "relay.refused": { unclaimed: "the broker refuses no event of a plan, as above" },
  "settle.absorbed": { name: "a late verdict is absorbed" },
  "settle.done": { name: "a payment is settled" },
  "transaction.given-up": { name: "a transaction is given up after its last run" },
  "transaction.retry": { name: "a transaction is run again" },
};

/** The cases that lines show: how often a run came to each. */
export const SAID_CASES: readonly (readonly [name: string, count: (outcome: Outcome) => number])[] =
  [
    ...Object.entries(SHOWN).flatMap(([line, shown]) =>
      "unclaimed" in shown ? [] : [[shown.name, counting(line, shown.counts)] as const],
    ),
    [
      "a deadlock is resolved, and its transaction run again",
      counting("transaction.retry" satisfies LineName, ({ code }) => code === DEADLOCK),
    ],
  ];

/** The lines that show no case, and why none is expected of a workload. */
export const UNCLAIMED_LINES: readonly { readonly line: string; readonly why: string }[] =
  Object.entries(SHOWN).flatMap(([line, shown]) =>
    "unclaimed" in shown ? [{ line, why: shown.unclaimed }] : [],
  );

function counting(
  line: string,
  counts: (detail: Detail) => boolean = () => true,
): (outcome: Outcome) => number {
  return ({ happenings }) =>
    happenings.filter(
      (each) =>
        each.kind === "note" &&
        each.note.what === "said" &&
        each.note.name === line &&
        counts(each.note.detail),
    ).length;
}
