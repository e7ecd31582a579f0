import { NotSimulated } from "../../kernel/not-simulated.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { OpenTransaction } from "./open-transaction.ts";
import type { Table, TableIndex } from "./table.ts";

/**
 * The tables of a database. A table made by a transaction that is still open exists for that
 * transaction only; `Catalog` is one transaction's view, made anew where the transaction changes.
 */
export class Catalog {
  readonly #shared: SharedCatalog;
  readonly #transaction: OpenTransaction;

  constructor(shared: SharedCatalog, transaction: OpenTransaction) {
    this.#shared = shared;
    this.#transaction = transaction;
  }

  /** The table, or undefined when there is none that the transaction can see. */
  findTable(name: string): Table | undefined {
    const table = this.#shared.tables.get(name);
    if (table === undefined) {
      return undefined;
    }
    const { status } = table.createdBy;
    return status === "committed" || this.#isOwn(table) ? table : undefined;
  }

  /** The table; 42P01 when there is none. Tables of pg_catalog are refused by name. */
  demandTable(name: string): Table {
    const table = this.findTable(name);
    if (table === undefined) {
      if (name.startsWith("pg_")) {
        throw new NotSimulated("a table of pg_catalog", name);
      }
      throw new PostgresError("42P01", `relation "${name}" does not exist`);
    }
    return table;
  }

  /** The table of this name that another open transaction is creating. */
  findTableInCreation(name: string): Table | undefined {
    const table = this.#shared.tables.get(name);
    const other = table?.createdBy;
    return table !== undefined && other?.status === "active" && !this.#isOwn(table)
      ? table
      : undefined;
  }

  /** True when a table or an index has the name. */
  hasRelation(name: string): boolean {
    return this.#shared.relationNames.has(name);
  }

  /** Adds a table for this transaction, and for all when it commits. */
  addTable(table: Table): void {
    this.#shared.tables.set(table.name, table);
    this.addRelationName(table.name);
    this.#transaction.undefine.push(() => this.#shared.tables.delete(table.name));
  }

  /** Takes a name among tables and indexes. */
  addRelationName(name: string): void {
    this.#shared.relationNames.add(name);
    this.#transaction.undefine.push(() => this.#shared.relationNames.delete(name));
  }

  /** Adds an index: for all at once where nobody else can see the table, else at the commit. */
  addIndex(table: Table, index: TableIndex): void {
    this.addRelationName(index.name);
    if (this.#isOwn(table) && table.createdBy.status === "active") {
      table.addIndex(index);
      this.onAbort(() => table.dropIndex(index));
      return;
    }
    table.drafts.push(index);
    this.#transaction.publish.push(() => table.publishDraft(index));
    this.onAbort(() => table.dropDraft(index));
  }

  #isOwn(table: Table): boolean {
    return table.createdBy.top === this.#transaction.top;
  }

  /** Notes how to take a definition back should the transaction abort. */
  onAbort(undefine: () => void): void {
    this.#transaction.undefine.push(undefine);
  }
}

/** What all transactions share of the catalog; `version` changes when a definition is committed. */
export class SharedCatalog {
  readonly tables = new Map<string, Table>();
  readonly relationNames = new Set<string>();
  version = 0;
}
