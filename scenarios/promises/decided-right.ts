import { paymentName, type Books, type Touched } from "../books/books.ts";
import type { Decision } from "../model/little-wallet.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";

export const decidedRight: SystemPromise = {
  name: "decided-right",
  sentence:
    "Each decision of the wallet is the one that a sequential model makes on the same payments in commit order: a refusal is justified by the state at that moment, and so is a move.",
  judged:
    "at every commit; at the end, whether what was decided is possible at all, since the order cannot be seen there",
  atCommit: (books, touched) =>
    touched.service === "wallet"
      ? [...judge(books, touched.payments, againstModel), ...judgeExternals(books, touched)]
      : [],
  atEnd: ({ books }) => judge(books, books.movements.keys(), againstEnd),
  outOf: ({ books }) => [
    { count: books.movements.size, noun: "decided payments" },
    { count: books.externals.size, noun: "external transfers" },
  ],
};

type Rule = (books: Books, paymentId: string) => string | undefined;

function againstModel(books: Books, paymentId: string): string | undefined {
  const movement = books.movements.get(paymentId);
  if (movement?.decision === undefined) {
    return undefined;
  }
  const { decision, due, entries } = movement;
  if (due === undefined) {
    return "was decided, and the payment service has not accepted it";
  }
  return againstDue(decision, due) ?? againstEntries(decision.outcome, entries.length);
}

function againstDue(decision: Decision, due: Decision | undefined): string | undefined {
  return due === undefined || (decision.outcome === due.outcome && decision.reason === due.reason)
    ? undefined
    : `was decided ${words(decision)}, and at that moment it was to be ${words(due)}`;
}

/** Money that comes in from outside, or goes out. */
function judgeExternals(books: Books, { externals }: Touched): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const id of externals) {
    const external = books.externals.get(id);
    const found =
      external === undefined
        ? "has a key or entries, and is not there"
        : (againstDue(external.decision, external.due) ??
          againstEntries(external.decision.outcome, books.externalEntries.get(id)?.length ?? 0));
    if (found !== undefined) {
      breaches.push({ subject: `external transfer ${id}`, found, noun: "external transfers" });
    }
  }
  return breaches;
}

/** What no order of the payments can make right. */
function againstEnd(books: Books, paymentId: string): string | undefined {
  const movement = books.movements.get(paymentId);
  const payment = books.payments.get(paymentId);
  if (movement?.decision === undefined || payment === undefined) {
    return undefined;
  }
  const { outcome, reason } = movement.decision;
  const parties = [payment.senderWalletId, payment.receiverWalletId].map((id) =>
    books.wallets.get(id),
  );
  const isStrangers = payment.orderedAs !== "operator" && parties[0]?.ownerId !== payment.orderedBy;
  const cannotMove =
    isStrangers ||
    payment.senderWalletId === payment.receiverWalletId ||
    parties.some((wallet) => wallet === undefined || wallet.currency !== payment.currency);
  if (outcome === "completed" && cannotMove) {
    return "was decided completed, and its wallets cannot take part in it";
  }
  if (outcome === "refused" && (reason ?? "") === "") {
    return "was refused without a reason";
  }
  return againstEntries(outcome, movement.entries.length);
}

function againstEntries(outcome: string, entries: number): string | undefined {
  const wanted = outcome === "refused" ? 0 : 2;
  return entries === wanted ? undefined : `was decided ${outcome}, with ${entries} ledger entries`;
}

function words({ outcome, reason }: Decision): string {
  return reason === null ? outcome : `${outcome} (${reason})`;
}

function judge(books: Books, paymentIds: Iterable<string>, rule: Rule): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const id of paymentIds) {
    const found = rule(books, id);
    if (found !== undefined) {
      breaches.push({ subject: paymentName(books, id), found });
    }
  }
  return breaches;
}
