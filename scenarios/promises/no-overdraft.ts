import type { Books } from "../books/books.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";

export const noOverdraft: SystemPromise = {
  name: "no-overdraft",
  sentence: "No wallet is ever below zero.",
  judged: "at every commit, and at the end",
  atCommit: (books, touched) => judge(books, touched.wallets),
  atEnd: ({ books }) => judge(books, books.wallets.keys()),
  outOf: ({ books }) => [{ count: books.wallets.size, noun: "wallets" }],
};

function judge(books: Books, walletIds: Iterable<string>): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const id of walletIds) {
    const balanceMinor = books.wallets.get(id)?.balanceMinor ?? 0n;
    if (balanceMinor < 0n) {
      breaches.push({ subject: `wallet ${id}`, found: `holds ${balanceMinor} minor units` });
    }
  }
  return breaches;
}
