import type { Row } from "../../system/ports/database.ts";
import type { ServiceName } from "../../system/process/services.ts";
import type { RowChange } from "../world.ts";
import type { Books, OpenBooks, TouchedSets } from "./books.ts";

/** One table of the services' databases, as the books and the stories know it. */
export interface BookTable {
  readonly name: string;
  /** The services in whose databases it is. */
  readonly services: readonly ServiceName[];
  /** Reads all of it, in the order in which the books take it in; null where nothing is kept. */
  readonly sql: string | null;
  /** Finds the rows that are not finished yet: while there is one, the system is not at rest. */
  readonly unfinishedSql?: string;
  /** Enters one row as it is after a commit. */
  readonly enter: (entry: TableEntry) => void;
  /**
   * Enters that a row was deleted, as it was before; false where its service needs it yet. No row
   * may be, where this is left out.
   */
  readonly leave?: (entry: TableEntry) => boolean;
  /** What a change of a row means, as part of a sentence; undefined for what is no story. */
  readonly tell: (change: TableChange) => string | undefined;
}

export interface TableEntry {
  readonly books: OpenBooks;
  readonly service: ServiceName;
  /** Who wrote it; empty for a reading. */
  readonly process: string;
  readonly row: Row;
  /** Takes the names of what the row is about. */
  readonly touched: TouchedSets;
}

export interface TableChange {
  readonly books: Books;
  /** All that its commit changed. */
  readonly changes: readonly RowChange[];
  readonly before: Row | null;
  readonly after: Row;
}

/** For a table of which nothing is kept and nothing told, and whose rows may be deleted. */
export function unkept(name: string, services: readonly ServiceName[]): BookTable {
  return { name, services, sql: null, enter: () => {}, leave: () => true, tell: () => undefined };
}
