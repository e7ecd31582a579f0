import { fieldIn } from "../books/client-book.ts";
import type { ClientEvent, ClientOutcome } from "../plans/commands/client-event.ts";
import type { Outcome } from "./run-plan.ts";
import { SAID_CASES } from "./said-cases.ts";

/** A kind of case that a workload aims at, and how often a run came there. */
export interface ReachedCase {
  readonly name: string;
  readonly count: number;
}

type CaseOf = (outcome: Outcome, answers: readonly ClientOutcome[]) => number;

const IN_PROGRESS = "request-in-progress";

/** What is aimed at. A sweep says which of these it never reached. */
const CASES: readonly (readonly [name: string, count: CaseOf])[] = [
  ["all that a wallet holds is sent", (outcome) => leaving(outcome, 0n)],
  ["all but a baisa of it is sent", (outcome) => leaving(outcome, 1n)],
  ["a baisa more is refused", ({ watched }) => countIn(watched.short.values(), (by) => by === 1n)],
  ["a key is used twice at once", (outcome) => keysAtOnce(outcome.happenings)],
  ["a key is used again", (_outcome, answers) => accepted(answers) - new Set(keysIn(answers)).size],
  ["a key is used for something else", (_, answers) => answersOf(answers, "transfer", 422)],
  ["a request is malformed", (_, answers) => answersOf(answers, "transfer", 400)],
  ["somebody without a key is sent away", (_, answers) => refusals(answers, 401)],
  ["a key is not for what is asked", (_, answers) => refusals(answers, 403)],
  [
    "a stranger pays from a wallet",
    (outcome) =>
      countIn(outcome.books.movements.values(), ({ decision }) => decision?.reason === "not_owner"),
  ],
  [
    "a stranger asks about a wallet",
    (_, answers) =>
      countIn(answers, ({ command, status }) => command.by === "stranger" && status === 404),
  ],
  [
    "a stranger asks about a payment",
    (_, answers) =>
      countIn(
        answers,
        ({ command, status }) =>
          command.kind === "read-payment" && command.by === "stranger" && status === 404,
      ),
  ],
  ["a wallet is opened again", (_, answers) => answersOf(answers, "open-wallet", 201)],
  ["a wallet is opened otherwise", (_, answers) => answersOf(answers, "open-wallet", 409)],
  ["money comes in or goes out", (_, answers) => answersOf(answers, "move-external", 201)],
  ["a deposit or withdrawal is refused", (_, answers) => answersOf(answers, "move-external", 422)],
  ["a payment is given back", (_, answers) => answersOf(answers, "reverse-payment", 202)],
  ["giving back is refused", (_, answers) => answersOf(answers, "reverse-payment", 422)],
  [
    "a reversal is refused as more than is left",
    (_, answers) => coded(answers, "reverse-payment", "reversal-exceeds-original"),
  ],
  [
    "a reversal fails",
    ({ books }) =>
      countIn(
        books.payments.values(),
        ({ reverses, status }) => reverses !== null && status === "FAILED",
      ),
  ],
  [
    "a reversal is to be given back",
    ({ books }, answers) =>
      countIn(
        answers,
        ({ command, status }) =>
          command.kind === "reverse-payment" &&
          status === 422 &&
          isReversal(books, command.originalKey),
      ),
  ],
  ["parameters are malformed", (_, answers) => coded(answers, "look-up", "malformed-request")],
  [
    "a wallet is opened for another",
    (_, answers) => coded(answers, "open-wallet", "scope-missing"),
  ],
  ["a request is still being served", (_, answers) => coded(answers, "transfer", IN_PROGRESS)],
  ["a pending payment is read", (_, answers) => readings(answers, "PENDING")],
  ["a completed payment is read", (_, answers) => readings(answers, "COMPLETED")],
  ["a failed payment is read", (_, answers) => readings(answers, "FAILED")],
  [
    "a page of a list is turned",
    (_, answers) =>
      countIn(answers, ({ path, status }) => status === 200 && /[?&]after=/.test(path)),
  ],
  [
    "payments after a moment are looked up",
    (_, answers) =>
      countIn(answers, ({ path, status }) => status === 200 && /createdAfter=/.test(path)),
  ],
  [
    "a party asks about a payment",
    (_, answers) =>
      countIn(
        answers,
        ({ command, status }) =>
          command.kind === "read-payment" && command.by === "owner" && status === 200,
      ),
  ],
  ["something is looked up", (_, answers) => answersOf(answers, "look-up", 200)],
  ["both services are compared", (_, answers) => answersOf(answers, "reconcile", 201)],
  ["what is broken is found", ({ books }) => (books.planted.size === 0 ? 0 : books.breaks.size)],
  ["an event comes again", ({ duplicateDeliveries }) => duplicateDeliveries],
  ["a client asks again", (_, answers) => countIn(answers, ({ attempt }) => attempt === 2)],
  ...SAID_CASES,
];

/** The names of the cases: those of clients, and those that the services' lines show. */
export const CASE_NAMES: readonly string[] = CASES.map(([name]) => name);

/** How often a run came to each case, in the order of the list. */
export function reachedCases(outcome: Outcome): readonly ReachedCase[] {
  const answers = outcome.happenings.filter((each) => each.kind === "answer");
  return CASES.map(([name, count]) => ({ name, count: count(outcome, answers) }));
}

function countIn<T>(list: Iterable<T>, holds: (each: T) => boolean): number {
  return [...list].filter(holds).length;
}

/** Payments that left so much in the sender's wallet. */
function leaving({ books }: Outcome, minor: bigint): number {
  const customers = [...books.wallets.values()].filter(({ kind }) => kind === "customer");
  return countIn(
    customers.flatMap(({ entries }) => entries),
    ({ direction, afterMinor }) => direction === "debit" && afterMinor === minor,
  );
}

function answersOf(
  answers: readonly ClientOutcome[],
  kind: ClientOutcome["command"]["kind"],
  status: number,
): number {
  return countIn(answers, (each) => each.command.kind === kind && each.status === status);
}

/** Answers that say why with that code. */
function coded(
  answers: readonly ClientOutcome[],
  kind: ClientOutcome["command"]["kind"],
  code: string,
): number {
  return countIn(
    answers,
    ({ command, body }) => command.kind === kind && fieldIn(body, "title") === code,
  );
}

/** Whether the payment that clients were told for a key gives another back. */
function isReversal({ payments, clients }: Outcome["books"], key: string): boolean {
  return (payments.get(clients.toldIds.get(key) ?? "")?.reverses ?? null) !== null;
}

function refusals(answers: readonly ClientOutcome[], status: number): number {
  return countIn(answers, (each) => each.status === status);
}

function readings(answers: readonly ClientOutcome[], status: string): number {
  return countIn(
    answers,
    ({ command, body }) => command.kind === "read-payment" && fieldIn(body, "status") === status,
  );
}

function accepted(answers: readonly ClientOutcome[]): number {
  return answersOf(answers, "transfer", 202);
}

function keysIn(answers: readonly ClientOutcome[]): readonly string[] {
  return answers.flatMap(({ command, status }) =>
    command.kind === "transfer" && status === 202 ? [command.idempotencyKey] : [],
  );
}

/** Transfers that were asked for while another with their key was not answered yet. */
function keysAtOnce(happenings: Outcome["happenings"]): number {
  const asked = new Map<string, number>();
  let times = 0;
  for (const event of happenings) {
    const key = keyOf(event);
    if (key !== undefined) {
      const open = asked.get(key) ?? 0;
      times += event.kind === "request" && open > 0 ? 1 : 0;
      asked.set(key, event.kind === "request" ? open + 1 : open - 1);
    }
  }
  return times;
}

function keyOf(event: Outcome["happenings"][number]): string | undefined {
  const isClient = (each: typeof event): each is ClientEvent =>
    each.kind === "request" || each.kind === "answer";
  return isClient(event) && event.command.kind === "transfer"
    ? event.command.idempotencyKey
    : undefined;
}
