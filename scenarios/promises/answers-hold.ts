import { paymentName, type Books, type Touched } from "../books/books.ts";
import { admissionOf } from "../model/admission-rules.ts";
import type { ClientOutcome } from "../plans/commands/client-event.ts";
import { subjectOf } from "../plans/commands/command.ts";
import { isInProgress } from "../plans/commands/expectation.ts";
import { againstLookUp } from "./look-up-answers.ts";
import { againstPaymentReading, againstReversal, againstTransfer } from "./payment-answers.ts";
import { againstReconciliation } from "./reconciliation-answers.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";
import { againstStatus, type Told } from "./told.ts";
import {
  againstExternal,
  againstFreezing,
  againstOpening,
  againstWalletReading,
} from "./wallet-answers.ts";

export const answersHold: SystemPromise = {
  name: "answers-hold",
  sentence:
    "What a client was told stays true. A reply that never came may be either, never both. One idempotency key, one payment.",
  judged: "at every answer, at every commit, and at the end",
  atAnswer: (books, answer) => judge(books, answer),
  atCommit: (books, touched) => judgeKeys(books, touched),
  atEnd: ({ books, answers }) => [
    ...answers.flatMap((answer) => judge(books, answer)),
    ...judgeKeys(books, { service: "payment", payments: allPayments(books) }),
  ],
  outOf: ({ answers, books }) => [
    { count: answers.length, noun: "answers" },
    { count: books.payments.size, noun: "payments" },
  ],
};

function judge(books: Books, answer: ClientOutcome): readonly Breach[] {
  const { command, status, body } = answer;
  // No answer, one that something went wrong, and one to ask again promise nothing.
  if (status === null || status >= 500 || isInProgress(status, body)) {
    return [];
  }
  const found = againstAnswer(books, { ...answer, status });
  return found === undefined ? [] : [{ subject: subjectOf(command), found, noun: "answers" }];
}

function againstAnswer(books: Books, told: Told): string | undefined {
  const { command } = told;
  const refusal = admissionOf(command);
  if (refusal !== undefined) {
    return againstStatus(told, refusal);
  }
  switch (command.kind) {
    case "transfer":
      return againstTransfer(books, command, told);
    case "reverse-payment":
      return againstReversal(books, command, told);
    case "read-payment":
      return againstPaymentReading(books, command, told);
    case "open-wallet":
      return againstOpening(books, command, told);
    case "move-external":
      return againstExternal(books, command, told);
    case "freeze-wallet":
      return againstFreezing(books, command, told);
    case "look-up":
      return againstLookUp(books, command, told);
    case "reconcile":
      return againstReconciliation(books, told);
    case "read-wallet":
      return againstWalletReading(books, command.id, told);
  }
}

/** Each payment has a key, and each key its payment. */
function judgeKeys(
  books: Books,
  { service, payments }: Pick<Touched, "service" | "payments">,
): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const id of service === "payment" ? payments : []) {
    const subject = paymentName(books, id);
    const key = books.keys.get(id);
    if (!books.payments.has(id)) {
      breaches.push({ subject, found: "has a key or an event, and is not there" });
    } else if (key === undefined || books.keyed.get(key) !== id) {
      breaches.push({ subject, found: "is there, and no client's key is its own" });
    }
  }
  return breaches;
}

function allPayments(books: Books): ReadonlySet<string> {
  return new Set([...books.payments.keys(), ...books.keys.keys()]);
}
