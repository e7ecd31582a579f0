import { WAIT, type Wait } from "../ground/wait.ts";
import type { RowVersion, TableIndex } from "../storage/table.ts";
import { haveSameKey, indexKeyOf } from "../storage/table.ts";
import type { Executing } from "./execution.ts";
import type { SerializableTracker } from "./serializable-tracker.ts";
import { duplicateKey, UniqueSearch } from "./unique-search.ts";

/**
 * Puts a new version of a row into the indexes that do not have it yet. A unique index is searched
 * first, waiting for whoever is inserting or deleting the same key.
 */
export class IndexEntries {
  readonly #search: UniqueSearch;
  #version: RowVersion | null = null;
  #previous: RowVersion | null = null;
  #indexes: readonly TableIndex[] = [];
  #at = 0;
  /** Null where the version leaves all keys alone, or nothing has to be tracked. */
  #tracker: SerializableTracker | null = null;
  readonly #statement: Executing;

  constructor(statement: Executing) {
    this.#statement = statement;
    this.#search = new UniqueSearch(statement);
  }

  /** `previous` is the version that the new one replaces, or null. */
  start(version: RowVersion, previous: RowVersion | null): void {
    this.#version = version;
    this.#previous = previous;
    this.#indexes = version.row.table.writtenIndexes;
    this.#at = 0;
    const { tracker } = this.#statement.execution;
    this.#tracker =
      tracker !== null && this.#indexes.some((index) => this.#isNew(index, version))
        ? tracker
        : null;
  }

  /** @throws PostgresError (23505) when another row has the key */
  step(): Wait | null {
    const version = this.#version;
    for (; version !== null && this.#at < this.#indexes.length; this.#at += 1) {
      const index = this.#indexes[this.#at];
      if (index === undefined || (this.#tracker === null && !this.#isNew(index, version))) {
        continue;
      }
      const key = indexKeyOf(index, version.values);
      if (key === undefined) {
        continue;
      }
      if (!this.#isNew(index, version)) {
        // PostgreSQL puts a version with any new key into every index.
        this.#tracker?.addsKey(index, key);
        continue;
      }
      if (index.unique) {
        const rival = this.#search.find(index, key, version);
        if (rival === WAIT) {
          return WAIT;
        }
        this.#tracker?.addsKey(index, key);
        if (rival !== null) {
          throw duplicateKey(version.row.table, index, key);
        }
      }
      if (!index.unique) {
        this.#tracker?.addsKey(index, key);
      }
      index.entries.insert(key, version.row);
    }
    return null;
  }

  #isNew(index: TableIndex, version: RowVersion): boolean {
    return this.#previous === null || !haveSameKey(index, this.#previous.values, version.values);
  }
}
