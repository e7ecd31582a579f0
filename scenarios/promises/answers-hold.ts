import { paymentName, type Books, type Touched } from "../books/books.ts";
import { ownKeyOf } from "../books/client-book.ts";
import { admissionOf } from "../model/admission-rules.ts";
import type { ClientOutcome } from "../plans/commands/client-event.ts";
import { subjectOf } from "../plans/commands/command.ts";
import { isInProgress } from "../plans/commands/expectation.ts";
import { againstLookUp } from "./look-up-answers.ts";
import { againstPaymentReading, againstReversal, againstTransfer } from "./payment-answers.ts";
import { againstReconciliation } from "./reconciliation-answers.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";
import { againstForm, againstRefusal, codeIn, type Told } from "./told.ts";
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
  atAnswer: (books, answer) => [...judge(books, answer), ...judgeNothingDone(books, answer)],
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
  const { command, status } = answer;
  if (status === null) {
    return [];
  }
  const told = { ...answer, status };
  const found = againstForm(told) ?? againstAnswer(books, told);
  return found === undefined ? [] : [{ subject: subjectOf(command), found, noun: "answers" }];
}

function againstAnswer(books: Books, told: Told): string | undefined {
  const { command, status, headers, body } = told;
  if (status >= 500) {
    return againstTrouble(told);
  }
  if (isInProgress(status, body)) {
    const isTold = codeIn(told) === "run-under-way" || headers["retry-after"] === "1";
    return isTold ? undefined : "is to ask again, and is not told when";
  }
  const refusal = admissionOf(command);
  if (refusal !== undefined) {
    return (
      againstRefusal(told, refusal) ??
      (headers["www-authenticate"] === refusal.challenge
        ? undefined
        : "is not let in, and is told wrongly what for")
    );
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

/** What goes wrong and passes promises nothing, and says whether it may have been done. */
function againstTrouble(told: Told): string | undefined {
  const code = codeIn(told);
  return told.status === 503 && (code === "not-available" || code === "outcome-unknown")
    ? undefined
    : `is answered ${told.status} (${code}), which says that it would come again`;
}

/**
 * At the first answer to a key that one client has asked with, once: where it says that nothing was
 * done, nothing was.
 */
function judgeNothingDone(books: Books, answer: ClientOutcome): readonly Breach[] {
  const { command, attempt } = answer;
  const isChange =
    command.kind === "transfer" ||
    command.kind === "reverse-payment" ||
    command.kind === "move-external";
  if (!isChange || attempt > 1 || codeIn(answer) !== "not-available") {
    return [];
  }
  const key = ownKeyOf(command);
  const { transfers, reversals, externals } = books.clients;
  const asked = [transfers, reversals, externals].reduce(
    (count, each) => count + (each.get(key)?.length ?? 0),
    0,
  );
  return asked === 1 && (books.keyed.has(key) || books.externalKeyed.has(key))
    ? [{ subject: subjectOf(command), found: "is told that nothing was done, and it was" }]
    : [];
}

/** Each payment has a key, and each key its payment. */
function judgeKeys(
  books: Books,
  { service, payments }: Pick<Touched, "service" | "payments">,
): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const id of service === "payment" ? payments : []) {
    const subject = paymentName(books, id);
    const key = books.ownKeys.get(id);
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
