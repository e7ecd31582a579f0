import { serializationFailure } from "../ground/postgres-error.ts";
import { WAIT, type Wait } from "../ground/wait.ts";
import type { RowValues } from "../storage/row.ts";
import type { RowVersion } from "../storage/table.ts";
import { indexKeyOf, isVisible, type Table, type TableIndex } from "../storage/table.ts";
import type { Executing } from "./execution.ts";
import { IndexEntries } from "./index-entries.ts";
import { queueForeignKeyChecks } from "./queue-foreign-key-checks.ts";
import { UniqueSearch } from "./unique-search.ts";

/**
 * ON CONFLICT: the unique indexes under which a row that is there already is no error, and what is
 * to be done about it.
 */
export interface ConflictArbiters {
  readonly indexes: readonly TableIndex[];
  readonly action: "nothing" | "update";
}

type Phase = "begin" | "arbitrate" | "index";

/**
 * ExecInsert: inserts a row that has passed its NOT NULL and CHECK constraints, unless ON CONFLICT
 * finds another in its place. `start`, then `step` as long as it gives `WAIT`. One object serves
 * row after row.
 */
export class RowInsert {
  /** The row that was in the way, once `step` has said `conflict`. */
  conflicting: RowVersion | null = null;
  readonly #statement: Executing;
  readonly #search: UniqueSearch;
  readonly #entries: IndexEntries;
  #table: Table | null = null;
  #values: RowValues = [];
  #arbiters: ConflictArbiters | null = null;
  #inserted: RowVersion | null = null;
  #phase: Phase = "begin";

  constructor(statement: Executing) {
    this.#statement = statement;
    this.#search = new UniqueSearch(statement);
    this.#entries = new IndexEntries(statement);
  }

  /** Forgets the last row and begins with another; `arbiters` is null without ON CONFLICT. */
  start(table: Table, values: RowValues, arbiters: ConflictArbiters | null): void {
    this.#table = table;
    this.#values = values;
    this.#arbiters = arbiters;
    this.#phase = "begin";
    this.conflicting = null;
  }

  /**
   * The version that stands for the new row, or `conflict`.
   *
   * @throws PostgresError (23505 without ON CONFLICT, 40001)
   */
  step(): RowVersion | "conflict" | Wait {
    const table = this.#table;
    if (table === null) {
      throw new Error("a row insertion was stepped before it was started");
    }
    if (this.#phase === "begin") {
      this.#phase = "arbitrate";
      if (this.#statement.execution.pauses()) {
        return WAIT;
      }
    }
    if (this.#phase === "arbitrate") {
      const conflict = this.#arbiters === null ? null : this.#findConflict(this.#arbiters);
      if (conflict === WAIT) {
        return WAIT;
      }
      if (conflict !== null) {
        this.conflicting = conflict;
        return "conflict";
      }
      // Nothing waits between here and the arbiters' entries, so no insertion is speculative.
      this.#inserted = this.#add(table);
      this.#phase = "index";
    }
    const inserted = this.#inserted;
    if (inserted === null || this.#entries.step() === WAIT) {
      return WAIT;
    }
    return inserted;
  }

  #add(table: Table): RowVersion {
    const { transaction, snapshot } = this.#statement.execution;
    this.#statement.execution.demandSpace();
    this.#statement.execution.tracker?.inserts(table);
    const version = table.addRow(this.#values, transaction, snapshot.command);
    this.#statement.execution.noteChange(version.row, table, null, this.#values);
    queueForeignKeyChecks(this.#statement.execution, table, null, version);
    this.#entries.start(version, null);
    return version;
  }

  #findConflict({ indexes, action }: ConflictArbiters): RowVersion | null | Wait {
    for (const index of indexes) {
      const key = indexKeyOf(index, this.#values);
      const found = key === undefined ? null : this.#search.find(index, key, null);
      if (found === null) {
        continue;
      }
      if (found !== WAIT && action === "nothing") {
        this.#demandVisible(found);
      }
      return found;
    }
    return null;
  }

  /**
   * ExecCheckTIDVisible: outside READ COMMITTED a conflict that the snapshot cannot see is a
   * serialization failure.
   */
  #demandVisible(found: RowVersion): void {
    const { isolation, snapshot, top } = this.#statement.execution;
    if (
      isolation !== "read committed" &&
      found.createdBy.top !== top &&
      !isVisible(found, snapshot)
    ) {
      throw serializationFailure("update");
    }
  }
}
