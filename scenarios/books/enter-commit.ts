import type { ServiceName } from "../../system/process/services.ts";
import type { RowChange } from "../world.ts";
import { bookTable } from "./book-tables.ts";
import type { OpenBooks, Touched } from "./books.ts";

/** A commit as an observer sees it, or a reading of a table in the end. */
export interface EnteredCommit {
  readonly service: ServiceName;
  /** Who committed; empty for a reading. */
  readonly process: string;
  readonly atMs: number;
  readonly changes: readonly RowChange[];
}

/**
 * Enters the changes of one commit into the books, and answers what they touched.
 *
 * What a service may delete stays in them.
 *
 * @throws Error for a table that the books do not know, and for a row that nobody may delete
 */
export function enterCommit(
  books: OpenBooks,
  { service, process, atMs, changes }: EnteredCommit,
): Touched {
  const touched = {
    service,
    process,
    wallets: new Set<string>(),
    payments: new Set<string>(),
    externals: new Set<string>(),
    claims: new Set<string>(),
    marked: new Set<string>(),
    deleted: new Set<string>(),
    isLease: false,
    breaks: new Set<string>(),
    reconciliations: new Set<string>(),
  };
  books.commits += 1;
  books.nowMs = atMs;
  for (const { table, before, after } of changes) {
    const { enter, leave } = bookTable(service, table);
    if (after !== null) {
      enter({ books, service, process, row: after, touched });
    } else if (
      before !== null &&
      leave?.({ books, service, process, row: before, touched }) === true
    ) {
      books.pruned.push({ service, table, row: before });
    } else {
      throw new Error(`a row of ${table} was deleted, and its service needs it yet`);
    }
  }
  return touched;
}
