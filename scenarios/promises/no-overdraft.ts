import type { Books } from "../books/books.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";

export const noOverdraft: SystemPromise = {
  name: "no-overdraft",
  sentence: "No wallet is ever below zero.",
  judged: "at every commit, and at the end",
  atCommit: (books, touched) => judge(books, touched.wallets),
  atEnd: ({ books }) => judge(books, books.wallets.keys()),
  outOf: ({ books }) => [{ count: customersIn(books), noun: "wallets" }],
};

function judge(books: Books, walletIds: Iterable<string>): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const id of walletIds) {
    const wallet = books.wallets.get(id);
    if (wallet !== undefined && wallet.kind === "customer" && wallet.balanceMinor < 0n) {
      const found = `holds ${wallet.balanceMinor} minor units`;
      breaches.push({ subject: `wallet ${id}`, found });
    }
  }
  return breaches;
}

function customersIn(books: Books): number {
  return [...books.wallets.values()].filter(({ kind }) => kind === "customer").length;
}
