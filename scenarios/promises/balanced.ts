import { paymentName, type Books, type EntryBook } from "../books/books.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";

export const balanced: SystemPromise = {
  name: "balanced",
  sentence:
    "Every posting sums to zero, and each account's balance equals its ledger entries, as the last of them says.",
  judged: "at every commit, and at the end",
  atCommit: (books, touched) => [
    ...judgePayments(books, touched.payments),
    ...judgeExternals(books, touched.externals),
    ...judgeWallets(books, touched.wallets),
  ],
  atEnd: ({ books }) => [
    ...judgePayments(books, books.movements.keys()),
    ...judgeExternals(books, books.externalEntries.keys()),
    ...judgeWallets(books, books.wallets.keys()),
  ],
  outOf: ({ books }) => [
    {
      count: books.movements.size + books.externalEntries.size + books.wallets.size,
      noun: "postings and accounts",
    },
  ],
};

function judgePayments(books: Books, paymentIds: Iterable<string>): readonly Breach[] {
  return judgePostings(paymentIds, (id) => ({
    subject: paymentName(books, id),
    entries: books.movements.get(id)?.entries ?? [],
  }));
}

function judgeExternals(books: Books, ids: Iterable<string>): readonly Breach[] {
  return judgePostings(ids, (id) => ({
    subject: `external transfer ${id}`,
    entries: books.externalEntries.get(id) ?? [],
  }));
}

function judgePostings(
  ids: Iterable<string>,
  postingOf: (id: string) => { readonly subject: string; readonly entries: readonly EntryBook[] },
): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const id of ids) {
    const { subject, entries } = postingOf(id);
    const sum = entries.reduce(
      (total, { direction, amountMinor }) =>
        direction === "credit" ? total + amountMinor : total - amountMinor,
      0n,
    );
    if (sum !== 0n) {
      breaches.push({ subject, found: `its entries sum to ${sum} minor units, not zero` });
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
    } else if (wallet.balanceMinor !== wallet.entriesMinor) {
      breaches.push({
        subject: `wallet ${id}`,
        found: `holds ${wallet.balanceMinor} minor units; its entries make ${wallet.entriesMinor}`,
      });
    } else if (wallet.lastAfterMinor !== null && wallet.lastAfterMinor !== wallet.balanceMinor) {
      breaches.push({
        subject: `wallet ${id}`,
        found: `holds ${wallet.balanceMinor} minor units; its last entry says ${wallet.lastAfterMinor}`,
      });
    }
  }
  return breaches;
}
