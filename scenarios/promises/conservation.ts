import type { Books } from "../books/books.ts";
import { moneyWords } from "../books/money-words.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";

export const conservation: SystemPromise = {
  name: "conservation",
  sentence:
    "Money is neither made nor lost: in each currency, the sum of all balances equals what came in from outside less what went out.",
  judged: "at every commit, and at the end",
  atCommit: (books) => judge(books),
  atEnd: ({ books }) => judge(books),
  outOf: ({ books }) => [{ count: books.balanceMinor.size, noun: "currencies" }],
};

function judge(books: Books): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const [currency, balanceMinor] of books.balanceMinor) {
    const fundingMinor = books.fundingMinor.get(currency) ?? 0n;
    if (balanceMinor !== fundingMinor) {
      const difference = show(balanceMinor - fundingMinor, currency);
      breaches.push({ subject: currency, found: `balances differ from funding by ${difference}` });
    }
    const outsideMinor = books.outsideMinor.get(currency) ?? 0n;
    if (outsideMinor !== -fundingMinor) {
      const difference = show(outsideMinor + fundingMinor, currency);
      const found = `the account of what is outside differs from funding by ${difference}`;
      breaches.push({ subject: currency, found });
    }
  }
  return breaches;
}

function show(amountMinor: bigint, currency: string): string {
  const sign = amountMinor > 0n ? "+" : "";
  return `${sign}${moneyWords(amountMinor, currency)}`;
}
