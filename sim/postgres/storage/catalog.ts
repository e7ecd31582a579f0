import { NotSimulated } from "../../kernel/not-simulated.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { waitSignal } from "../ground/wait.ts";
import type { LockManager } from "../locks/lock-manager.ts";
import type { LockMode } from "../locks/lock.ts";
import type { EnumType } from "../types/enum-type.ts";
import type { SqlType } from "../types/sql-type.ts";
import type { OpenTransaction } from "./open-transaction.ts";
import { type Relation, CatalogName } from "./relation-name.ts";
import type { Sequence } from "./sequence.ts";
import type { Table, TableIndex } from "./table.ts";
import type { Transaction } from "./transaction.ts";

/** A lock that a statement takes; null for a table that was let go of. */
interface TableLock {
  readonly table: Table | null;
  readonly mode: LockMode;
}

/**
 * The relations of a database, as one transaction sees them: committed names, and its own. A
 * definition itself is changed in place, under a lock that holds all others off, and taken back
 * when its transaction aborts.
 */
export class Catalog {
  readonly #shared: SharedCatalog;
  readonly #transaction: OpenTransaction;
  readonly #locks: LockManager;

  constructor(shared: SharedCatalog, transaction: OpenTransaction, locks: LockManager) {
    this.#shared = shared;
    this.#transaction = transaction;
    this.#locks = locks;
  }

  /** What has the name, or undefined when the transaction sees none. */
  findRelation(name: string): Relation | undefined {
    return this.#find(name)?.meaning;
  }

  /**
   * The table, or undefined when there is none that the transaction can see. Where another
   * transaction is changing its definition, this waits by the wait signal: in the queue for the
   * lock of that mode, and with the locks that the statement took before. Elsewhere a statement is
   * compiled as if at once, and its locks are taken afterwards, in the same order.
   */
  findTable(name: string, mode: LockMode, before: readonly TableLock[]): Table | undefined {
    const relation = this.findRelation(name);
    if (relation?.kind !== "table") {
      return undefined;
    }
    const { table } = relation;
    if (table.changedBy?.status === "active" && table.changedBy.top !== this.#transaction.top) {
      for (const lock of [...before, { table, mode }]) {
        this.#lock(lock);
      }
    }
    return table;
  }

  #lock({ table, mode }: TableLock): void {
    if (table !== null && !this.#locks.take(table.lock, this.#transaction.owner, mode)) {
      throw waitSignal;
    }
  }

  /** `findTable`; 42P01 when there is none, 42809 when the name is of something else. */
  demandTable(name: string, mode: LockMode, before: readonly TableLock[]): Table {
    const table = this.findTable(name, mode, before);
    if (table !== undefined) {
      return table;
    }
    if (this.findRelation(name) === undefined) {
      if (name.startsWith("pg_")) {
        throw new NotSimulated("a table of pg_catalog", name);
      }
      throw new PostgresError("42P01", `relation "${name}" does not exist`);
    }
    throw new PostgresError("42809", `"${name}" is not a table`);
  }

  /** The sequence, or undefined when there is none that the transaction can see. */
  findSequence(name: string): Sequence | undefined {
    const relation = this.findRelation(name);
    return relation?.kind === "sequence" ? relation.sequence : undefined;
  }

  /** The other open transaction that is giving this name to something, or null. */
  rivalFor(name: string): Transaction | null {
    return rivalIn(this.#shared.names.get(name), this.#transaction.top);
  }

  /**
   * ChooseRelationName's question: it looks with a dirty snapshot, so a name counts that another
   * open transaction is giving to something.
   */
  isTaken(name: string): boolean {
    return this.findRelation(name) !== undefined || this.rivalFor(name) !== null;
  }

  /** The enum of the name, or undefined when the transaction sees none. */
  findType(name: string): SqlType | undefined {
    return this.#findType(name)?.meaning.type;
  }

  /** The other open transaction that is giving this name to a type, or null. */
  rivalForType(name: string): Transaction | null {
    return rivalIn(this.#shared.types.get(name), this.#transaction.top);
  }

  /** What plans depend on beside their tables: the types that the transaction sees. */
  get typesKey(): string {
    const { types } = this.#shared;
    return types.size === 0
      ? ""
      : [...types.keys()].map((name) => this.findType(name)?.oid ?? 0).join();
  }

  addType(name: string, type: EnumType): void {
    addEntry(this.#shared.types, new CatalogName(name, type, this.#transaction.current), this);
  }

  dropType(name: string): void {
    this.#end(this.#shared.types, this.#findType(name));
  }

  /** Every table that the transaction sees. */
  tables(): Table[] {
    const { top } = this.#transaction;
    return [...this.#shared.names.values()]
      .flat()
      .flatMap((entry) =>
        entry.isVisibleTo(top) && entry.meaning.kind === "table" ? [entry.meaning.table] : [],
      );
  }

  /** Gives a name, for this transaction, and for all when it commits. */
  addName(name: string, relation: Relation): void {
    const entry = new CatalogName(name, relation, this.#transaction.current);
    addEntry(this.#shared.names, entry, this);
  }

  /** Takes a name away, for this transaction, and for all when it commits. */
  endName(name: string): void {
    this.#end(this.#shared.names, this.#find(name));
  }

  #end<Meaning>(
    names: Map<string, CatalogName<Meaning>[]>,
    entry: CatalogName<Meaning> | undefined,
  ): void {
    if (entry === undefined) {
      throw new Error("there is no such name to be taken away");
    }
    entry.endedBy = this.#transaction.current;
    this.#transaction.publish.push(() => removeEntry(names, entry));
  }

  /** Adds an index: for all at once where nobody else can use the table, else at the commit. */
  addIndex(table: Table, index: TableIndex): void {
    this.addName(index.name, { kind: "index", table, index });
    const { top, publish } = this.#transaction;
    const own = table.createdBy.top === top || table.changedBy?.top === top;
    if (own) {
      this.change(table, () => {
        table.addIndex(index);
        return () => table.dropIndex(index);
      });
      return;
    }
    table.drafts.push(index);
    publish.push(() => table.publishDraft(index));
    this.onAbort(() => table.dropDraft(index));
  }

  /**
   * Changes a definition in place. The caller holds a lock that keeps all others from the table; a
   * statement that is compiled meanwhile waits for it. `change` gives what takes it back.
   */
  change(table: Table, change: () => () => void): void {
    table.changedBy = this.#transaction.current;
    const takeBack = change();
    table.refresh();
    this.onAbort(() => {
      takeBack();
      table.refresh();
    });
  }

  /** Notes how to take a definition back should the transaction abort. */
  onAbort(undefine: () => void): void {
    this.#transaction.undefine.push(undefine);
  }

  #findType(name: string): CatalogName<EnumType> | undefined {
    const { top } = this.#transaction;
    return this.#shared.types.get(name)?.find((entry) => entry.isVisibleTo(top));
  }

  #find(name: string): CatalogName<Relation> | undefined {
    const { top } = this.#transaction;
    return this.#shared.names.get(name)?.find((entry) => entry.isVisibleTo(top));
  }
}

/** What all transactions share of the catalog; `version` changes when a definition is committed. */
export class SharedCatalog {
  readonly names = new Map<string, CatalogName<Relation>[]>();
  readonly types = new Map<string, CatalogName<EnumType>[]>();
  version = 0;
}

function rivalIn<Meaning>(
  entries: readonly CatalogName<Meaning>[] | undefined,
  top: Transaction,
): Transaction | null {
  for (const entry of entries ?? []) {
    const rival = entry.creatorBeside(top);
    if (rival !== null) {
      return rival;
    }
  }
  return null;
}

function addEntry<Meaning>(
  names: Map<string, CatalogName<Meaning>[]>,
  entry: CatalogName<Meaning>,
  catalog: Catalog,
): void {
  const entries = names.get(entry.name);
  if (entries === undefined) {
    names.set(entry.name, [entry]);
  } else {
    entries.push(entry);
  }
  catalog.onAbort(() => removeEntry(names, entry));
}

function removeEntry<Meaning>(
  names: Map<string, CatalogName<Meaning>[]>,
  entry: CatalogName<Meaning>,
): void {
  const kept = (names.get(entry.name) ?? []).filter((one) => one !== entry);
  if (kept.length === 0) {
    names.delete(entry.name);
  } else {
    names.set(entry.name, kept);
  }
}
