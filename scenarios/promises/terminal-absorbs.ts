import { paymentName, type Books } from "../books/books.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";

export const terminalAbsorbs: SystemPromise = {
  name: "terminal-absorbs",
  sentence: "COMPLETED and FAILED never change.",
  judged: "at every commit; at the end, against what was seen on the way",
  atCommit: (books, touched) => judge(books, touched.payments),
  atEnd: ({ books, watched }) => [
    ...judge(watched, watched.payments.keys()),
    ...changedUnseen(books, watched),
  ],
  outOf: ({ books }) => [{ count: books.payments.size, noun: "payments" }],
};

function judge(books: Books, paymentIds: Iterable<string>): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const id of paymentIds) {
    const payment = books.payments.get(id);
    if (payment !== undefined && payment.overturned !== null) {
      const found = `was ${payment.overturned}, and became ${statusWords(payment)}`;
      breaches.push({ subject: paymentName(books, id), found });
    }
  }
  return breaches;
}

function changedUnseen(books: Books, watched: Books): readonly Breach[] {
  return [...watched.payments.values()].flatMap((seen) => {
    const found = statusWords(books.payments.get(seen.id));
    return seen.terminalAtMs === null || found === statusWords(seen)
      ? []
      : [
          {
            subject: paymentName(watched, seen.id),
            found: `was ${statusWords(seen)}, and is ${found}`,
          },
        ];
  });
}

function statusWords(payment: { status: string; reason: string | null } | undefined): string {
  if (payment === undefined) {
    return "gone";
  }
  return payment.reason === null ? payment.status : `${payment.status} (${payment.reason})`;
}
