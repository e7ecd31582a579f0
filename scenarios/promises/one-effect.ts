import { paymentName, type Books } from "../books/books.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";

export const oneEffect: SystemPromise = {
  name: "one-effect",
  sentence: "Each accepted payment moves money at most once: one debit and one credit, or neither.",
  judged: "at every commit, and at the end",
  atCommit: (books, touched) => judge(books, touched.payments),
  atEnd: ({ books }) => judge(books, books.movements.keys()),
  outOf: ({ books }) => [{ count: books.payments.size, noun: "payments" }],
};

function judge(books: Books, paymentIds: Iterable<string>): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const id of paymentIds) {
    const entries = books.movements.get(id)?.entries ?? [];
    const debits = entries.filter((entry) => entry.direction === "debit").length;
    const credits = entries.length - debits;
    if (debits !== credits || debits > 1) {
      breaches.push({
        subject: paymentName(books, id),
        found: `was posted with ${debits} debits and ${credits} credits`,
      });
    }
  }
  return breaches;
}
