import type { ServiceName } from "../../system/process/services.ts";
import type { RowChange } from "../world.ts";
import { bookTable } from "./book-tables.ts";
import type { OpenBooks, Touched } from "./books.ts";

/**
 * Enters the changes of one commit into the books, and answers what they touched.
 *
 * @throws Error for a table that the books do not know, and for a row that was deleted
 */
export function enterCommit(
  books: OpenBooks,
  service: ServiceName,
  changes: readonly RowChange[],
): Touched {
  const touched = {
    wallets: new Set<string>(),
    payments: new Set<string>(),
    externals: new Set<string>(),
  };
  for (const { table, after } of changes) {
    if (after === null) {
      throw new Error(`a row of ${table} was deleted; no service of ours deletes`);
    }
    bookTable(service, table).enter({ books, service, row: after, touched });
  }
  return touched;
}
