import type { Universe } from "../world.ts";
import { BOOK_TABLES } from "./book-tables.ts";
import { createBooks, type Books } from "./books.ts";
import { enterCommit } from "./enter-commit.ts";

/** Reads every database afresh, so that the judgement in the end rests on no running sum. */
export async function readBooks(universe: Universe): Promise<Books> {
  const books = createBooks();
  for (const { name, services, sql } of BOOK_TABLES) {
    if (sql === null) {
      continue;
    }
    for (const service of services) {
      const rows = await universe.query(service, sql);
      enterCommit(
        books,
        service,
        rows.map((after) => ({ table: name, before: null, after })),
      );
    }
  }
  return books;
}
