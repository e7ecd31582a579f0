import type { Sequence } from "./sequence.ts";
import type { Table, TableIndex } from "./table.ts";
import type { Transaction } from "./transaction.ts";

/** What tables, indexes and sequences have in common: they share one space of names. */
export type Relation =
  | { readonly kind: "table"; readonly table: Table }
  | { readonly kind: "index"; readonly table: Table; readonly index: TableIndex }
  | { readonly kind: "sequence"; readonly sequence: Sequence };

/**
 * A name of a relation or a type, as a row of pg_class or pg_type would be: who gave it, and who
 * took it away. Whoever has aborted has done neither.
 */
export class CatalogName<Meaning> {
  readonly name: string;
  readonly meaning: Meaning;
  readonly createdBy: Transaction;
  endedBy: Transaction | null = null;

  constructor(name: string, meaning: Meaning, createdBy: Transaction) {
    this.name = name;
    this.meaning = meaning;
    this.createdBy = createdBy;
  }

  /** True when the transaction `top` sees the name: its own definitions, and committed ones. */
  isVisibleTo(top: Transaction): boolean {
    return isDone(this.createdBy, top) && (this.endedBy === null || !isDone(this.endedBy, top));
  }

  /** Another transaction that is giving the name, or null. */
  creatorBeside(top: Transaction): Transaction | null {
    const { createdBy: creator } = this;
    return creator.status === "active" && creator.top !== top ? creator : null;
  }
}

function isDone(by: Transaction, top: Transaction): boolean {
  return by.status === "committed" || (by.status === "active" && by.top === top);
}
