import { paymentName, type Books } from "../books/books.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";

export const balanced: SystemPromise = {
  name: "balanced",
  sentence:
    "Every posting sums to zero, and each wallet's balance equals its opening balance plus its ledger entries.",
  judged: "at every commit, and at the end",
  atCommit: (books, touched) => [
    ...judgePostings(books, touched.payments),
    ...judgeWallets(books, touched.wallets),
  ],
  atEnd: ({ books }) => [
    ...judgePostings(books, books.movements.keys()),
    ...judgeWallets(books, books.wallets.keys()),
  ],
  outOf: ({ books }) => [
    {
      count: books.movements.size + books.wallets.size,
      noun: "postings and wallets",
    },
  ],
};

function judgePostings(books: Books, paymentIds: Iterable<string>): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const id of paymentIds) {
    const entries = books.movements.get(id)?.entries ?? [];
    const sum = entries.reduce(
      (total, { direction, amountMinor }) =>
        direction === "credit" ? total + amountMinor : total - amountMinor,
      0n,
    );
    if (sum !== 0n) {
      breaches.push({
        subject: paymentName(books, id),
        found: `its entries sum to ${sum} minor units, not zero`,
      });
    }
  }
  return breaches;
}

function judgeWallets(books: Books, walletIds: Iterable<string>): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const id of walletIds) {
    const wallet = books.wallets.get(id);
    if (wallet === undefined) {
      breaches.push({ subject: `wallet ${id}`, found: "has entries, and is not there" });
    } else if (wallet.balanceMinor !== wallet.openingMinor + wallet.entriesMinor) {
      const expected = wallet.openingMinor + wallet.entriesMinor;
      breaches.push({
        subject: `wallet ${id}`,
        found: `holds ${wallet.balanceMinor} minor units; opening and entries make ${expected}`,
      });
    }
  }
  return breaches;
}
