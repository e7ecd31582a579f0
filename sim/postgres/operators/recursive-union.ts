import type { RowValues } from "../storage/row.ts";
import type { HashKey } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import { groupKeyOf } from "./hash-key.ts";
import type { RowStream } from "./operator.ts";

/** The rows of the last round of a recursive query, which its recursive term reads. */
export class WorkTable {
  rows: readonly RowValues[] = [];
}

/** A reader of the last round's rows. */
export class WorkTableScan implements RowStream {
  readonly #table: WorkTable;
  #at = 0;

  constructor(table: WorkTable) {
    this.#table = table;
  }

  open(): void {
    this.#at = 0;
  }

  next(): RowValues | null {
    const row = this.#table.rows[this.#at];
    this.#at += 1;
    return row ?? null;
  }
}

/** What a recursive query is made of. */
export interface RecursionParts {
  readonly first: RowStream;
  readonly recursive: RowStream;
  readonly workTable: WorkTable;
  /** Of the columns of UNION, which leaves out rows that were there; null for UNION ALL. */
  readonly distinctBy: readonly SqlType[] | null;
}

/** nodeRecursiveunion.c: the first term, then the recursive one until a round gives nothing new. */
export class RecursiveUnion implements RowStream {
  readonly #parts: RecursionParts;
  readonly #seen = new Set<HashKey | null>();
  #round: RowValues[] = [];
  #source: RowStream;

  constructor(parts: RecursionParts) {
    this.#parts = parts;
    this.#source = parts.first;
  }

  open(): void {
    this.#seen.clear();
    this.#round = [];
    this.#source = this.#parts.first;
    this.#source.open();
  }

  next(): RowValues | null {
    for (;;) {
      const row = this.#source.next();
      if (row !== null) {
        if (this.#isNew(row)) {
          this.#round.push(row);
          return row;
        }
        continue;
      }
      if (this.#round.length === 0) {
        return null;
      }
      const { workTable, recursive } = this.#parts;
      workTable.rows = this.#round;
      this.#round = [];
      this.#source = recursive;
      recursive.open();
    }
  }

  #isNew(row: RowValues): boolean {
    const { distinctBy } = this.#parts;
    if (distinctBy === null) {
      return true;
    }
    const { size } = this.#seen;
    this.#seen.add(groupKeyOf(distinctBy, row));
    return this.#seen.size > size;
  }
}
