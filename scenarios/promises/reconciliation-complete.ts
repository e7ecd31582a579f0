import type { Books } from "../books/books.ts";
import { ownKey } from "../books/client-book.ts";
import { plantedBreak } from "../faults/planted-breaks.ts";
import { ownerOf } from "../plans/callers.ts";
import type { Breach, Ending, SystemPromise } from "./system-promise.ts";

export const reconciliationComplete: SystemPromise = {
  name: "reconciliation-complete",
  sentence:
    "Reconciliation reports every planted break, with its class, and mends what is mended by publishing again; the ledger's verification names every account that was tampered with, and no other.",
  judged: "at the end, where somebody has written to a database past its service",
  atEnd: (ending) =>
    ending.audit === null || ending.books.planted.size === 0
      ? []
      : [...unreported(ending), ...unverified(ending, ending.audit), ...unmended(ending.audit)],
  outOf: ({ books }) => [
    { count: books.planted.size, noun: "planted breaks" },
    { count: books.wallets.size, noun: "accounts" },
  ],
};

/** What reconciliation has to report of what was planted: the class and the subject. */
export function plantedReports({ planted, keyed }: Books): ReadonlySet<string> {
  const idOf = (senderId: string, key: string) => keyed.get(ownKey(ownerOf(senderId), key)) ?? "";
  const [p1, p2, p3] = [idOf("salim", "p1"), idOf("salim", "p2"), idOf("fatma", "p3")];
  const events = { createdOfP3: "", verdictOfP2: "", verdictOfP3: "" };
  return new Set(
    [...planted].flatMap((name) => plantedBreak(name).reports({ p1, p2, p3, ...events })),
  );
}

function unreported({ books }: Ending): readonly Breach[] {
  const reported = new Set(
    [...books.breaks.values()].map(({ class: name, subject }) => `${name} ${subject}`),
  );
  return [...plantedReports(books)]
    .filter((each) => !reported.has(each))
    .map((each) => ({ subject: each, found: "was planted, and is not reported" }));
}

/** The accounts whose chain of entries does not lead to their balance. */
function unverified(
  { books }: Ending,
  { faultyAccounts }: NonNullable<Ending["audit"]>,
): readonly Breach[] {
  const faulty = [...plantedReports(books)].flatMap(
    (each) => /^(?:TAMPER|BALANCE_DRIFT) account (.+)$/.exec(each)?.[1] ?? [],
  );
  const breach = (id: string, found: string) => ({
    subject: `account ${id}`,
    found,
    noun: "accounts",
  });
  return [
    ...faulty
      .filter((id) => !faultyAccounts.includes(id))
      .map((id) => breach(id, "was tampered with, and the ledger's verification does not say so")),
    ...faultyAccounts
      .filter((id) => !faulty.includes(id))
      .map((id) => breach(id, "is whole, and the ledger's verification says that it is not")),
  ];
}

function unmended({ unmended: left }: NonNullable<Ending["audit"]>): readonly Breach[] {
  return left.map((id) => ({
    subject: `break ${id}`,
    found: "is mended by publishing again, and was not",
  }));
}
