import type { Books, WalletBook, WalletEntry } from "../books/books.ts";
import { entryHash } from "../model/entry-hash.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";

export const chained: SystemPromise = {
  name: "chained",
  sentence:
    "The entries of an account are numbered without a gap, and the hash of each is over all that it says and the hash of the one before it.",
  judged: "at every commit, and at the end",
  atCommit: (books, { wallets }) =>
    [...wallets].flatMap((id) => judge(books.wallets.get(id), isNewAt(books.nowMs))),
  atEnd: ({ books, watched }) =>
    [...books.wallets.values()].flatMap((wallet) => judge(wallet, isUnseenBy(watched))),
  outOf: ({ books }) => [{ count: books.wallets.size, noun: "accounts" }],
};

type IsToBeJudged = (entry: WalletEntry, index: number) => boolean;

/** Those of the last commit, and of what else was committed within its millisecond. */
function isNewAt(nowMs: number): IsToBeJudged {
  return ({ seenAtMs }) => seenAtMs === nowMs;
}

/** What was judged at its commit, and says the same, need not be computed once more. */
function isUnseenBy(watched: Books): IsToBeJudged {
  return (entry, index) => {
    const seen = watched.wallets.get(entry.walletId)?.entries[index];
    return seen === undefined || !SAID.every((field) => seen[field] === entry[field]);
  };
}

/** What an entry says, and its hash. */
const SAID = [
  ...(["cause", "walletId", "position", "direction", "amountMinor", "currency"] as const),
  ...(["afterMinor", "postedAtMs", "hash"] as const),
];

/** The first entry that does not fit. */
function judge(wallet: WalletBook | undefined, isToBeJudged: IsToBeJudged): readonly Breach[] {
  const entries = wallet?.entries ?? [];
  for (const [index, entry] of entries.entries()) {
    const found = isToBeJudged(entry, index) ? whyBroken(entry, index, entries) : undefined;
    if (found !== undefined) {
      return [{ subject: `account ${entry.walletId}`, found }];
    }
  }
  return [];
}

function whyBroken(
  entry: WalletEntry,
  index: number,
  entries: readonly WalletEntry[],
): string | undefined {
  const position = String(index + 1);
  if (entry.position !== position) {
    return `has an entry ${entry.position} where entry ${position} should be`;
  }
  return entry.hash === entryHash(entry, entries[index - 1]?.hash ?? "")
    ? undefined
    : `has an entry ${position} whose hash is not that of what it says`;
}
