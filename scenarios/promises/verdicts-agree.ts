import { paymentName, type Books, type MovementBook } from "../books/books.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";

export const verdictsAgree: SystemPromise = {
  name: "verdicts-agree",
  sentence:
    "A payment is COMPLETED exactly when its two ledger entries exist, and FAILED exactly when the wallet refused it.",
  judged:
    "at every commit, whether the wallet had decided what a verdict says; at the end, whether every decision has its verdict, too",
  // Sound while events are under way: the wallet decides before the payment service can know.
  atCommit: (books, touched) => judge(books, touched.payments, verdictWithoutDecision),
  atEnd: ({ books }) => {
    const ids = new Set([...books.payments.keys(), ...books.movements.keys()]);
    return [
      ...judge(books, ids, verdictWithoutDecision),
      ...judge(books, ids, decisionWithoutVerdict),
    ];
  },
  outOf: ({ books }) => [{ count: books.payments.size, noun: "payments" }],
};

type Rule = (status: string, movement: MovementBook | undefined) => string | undefined;

function verdictWithoutDecision(
  status: string,
  movement: MovementBook | undefined,
): string | undefined {
  const entries = movement?.entries.length ?? 0;
  if (status === "COMPLETED" && entries !== 2) {
    return `is COMPLETED with ${entries} ledger entries`;
  }
  if (status === "FAILED" && movement?.decision?.outcome !== "refused") {
    return "is FAILED, and the wallet did not refuse it";
  }
  if (status === "FAILED" && entries > 0) {
    return `is FAILED with ${entries} ledger entries`;
  }
  return undefined;
}

function decisionWithoutVerdict(
  status: string,
  movement: MovementBook | undefined,
): string | undefined {
  if (movement !== undefined && movement.entries.length > 0 && status !== "COMPLETED") {
    return `moved money, and is ${status}`;
  }
  if (movement?.decision?.outcome === "refused" && status !== "FAILED") {
    return `was refused by the wallet, and is ${status}`;
  }
  return undefined;
}

function judge(books: Books, paymentIds: Iterable<string>, rule: Rule): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const id of paymentIds) {
    const status = books.payments.get(id)?.status ?? "unknown to the payment service";
    const found = rule(status, books.movements.get(id));
    if (found !== undefined) {
      breaches.push({ subject: paymentName(books, id), found });
    }
  }
  return breaches;
}
