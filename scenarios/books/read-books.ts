import { TOPICS } from "../../system/domain/events.ts";
import type { Universe } from "../world.ts";
import { BOOK_TABLES } from "./book-tables.ts";
import { createBooks, placeRecord, type Books, type BooksOrigin } from "./books.ts";
import { enterCommit } from "./enter-commit.ts";

/**
 * Reads every database afresh, so that the judgement in the end rests on no running sum. Only what
 * services have deleted is taken from what was seen on the way.
 */
export async function readBooks(
  universe: Universe,
  origin: Omit<BooksOrigin, "isWatched">,
  pruned: Books["pruned"],
): Promise<Books> {
  const books = createBooks({ ...origin, isWatched: false });
  for (const { name, services, sql } of BOOK_TABLES) {
    if (sql === null) {
      continue;
    }
    for (const service of services) {
      const gone = pruned.filter((each) => each.service === service && each.table === name);
      const rows = await universe.query(service, sql);
      enterCommit(books, {
        service,
        process: "",
        atMs: universe.nowMs(),
        changes: [
          ...gone.flatMap(({ row }) => [
            { table: name, before: null, after: row },
            { table: name, before: row, after: null },
          ]),
          ...rows.map((after) => ({ table: name, before: null, after })),
        ],
      });
    }
  }
  for (const topic of TOPICS) {
    for (const record of await universe.records(topic)) {
      placeRecord(books, record);
    }
  }
  return books;
}
