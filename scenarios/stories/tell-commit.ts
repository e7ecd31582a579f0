import type { ServiceName } from "../../system/process/services.ts";
import { bookTable } from "../books/book-tables.ts";
import type { Books } from "../books/books.ts";
import type { RowChange } from "../world.ts";

/**
 * What a commit of the saga wrote, as a sentence: "Commits: payment p1 is PENDING; payment.created
 * is in the outbox." Undefined for what is no part of the story (schema, opening of wallets).
 */
export function tellCommit(
  service: ServiceName,
  changes: readonly RowChange[],
  books: Books,
): string | undefined {
  const parts = changes.flatMap((change) => tellChange(service, { change, changes, books }) ?? []);
  if (parts.length === 0) {
    return undefined;
  }
  const acceptsPayment = changes.some(
    ({ table, before }) => table === "payments" && before === null,
  );
  const hasEvent = changes.some(({ table }) => table === "outbox");
  const remark = acceptsPayment && !hasEvent ? ["no event is in the outbox"] : [];
  return `Commits: ${[...parts, ...remark].join("; ")}.`;
}

function tellChange(
  service: ServiceName,
  told: {
    readonly change: RowChange;
    readonly changes: readonly RowChange[];
    readonly books: Books;
  },
): string | undefined {
  const { changes, books } = told;
  const { table, before, after } = told.change;
  const { tell, leave } = bookTable(service, table);
  if (after !== null) {
    return tell({ books, changes, before, after });
  }
  return leave === undefined ? `a row of ${table} is gone` : undefined;
}
