import { PostgresError } from "../ground/postgres-error.ts";
import type { Steps } from "../ground/wait.ts";
import { ACCESS_EXCLUSIVE } from "../locks/lock.ts";
import type { ForeignKey, Table, TableIndex } from "../storage/table.ts";
import type { Definition } from "./definition.ts";
import { lockKnownTable } from "./relation-reference.ts";

/** What a thing that is dropped takes along, or is kept by. */
export type DropBehavior = "restrict" | "cascade";

const HINT = "Use DROP ... CASCADE to drop the dependent objects too.";

/** Something that depends on what is to be dropped, and on which part of that, in words. */
export interface Dependent {
  readonly what: string;
  readonly on: string;
}

/** Foreign keys that depend on something, in words. */
export function dependentKeys(keys: readonly ForeignKey[], on: string): Dependent[] {
  return keys.map(({ name, table }) => ({ what: `constraint ${name} on table ${table.name}`, on }));
}

/**
 * reportDependentObjects: CASCADE tells what it takes along. `what` is to be dropped, in words;
 * null where that is several things.
 *
 * @throws PostgresError (2BP01) without CASCADE
 */
export function reportDependents(
  { execution }: Definition,
  what: string | null,
  dependents: readonly Dependent[],
  behavior: DropBehavior,
): void {
  const [only, second] = dependents;
  if (only === undefined) {
    return;
  }
  if (behavior === "restrict") {
    const [dropped, pronoun] = what === null ? ["desired object(s)", "them"] : [what, "it"];
    const message = `cannot drop ${dropped} because other objects depend on ${pronoun}`;
    const detail = dependents.map((one) => `${one.what} depends on ${one.on}`).join("\n");
    throw new PostgresError("2BP01", message, { detail, hint: HINT });
  }
  const told = dependents.map((one) => `drop cascades to ${one.what}`);
  if (second === undefined) {
    execution.notice("NOTICE", "00000", told.join());
  } else {
    const message = `drop cascades to ${told.length} other objects`;
    execution.notice("NOTICE", "00000", message, { detail: told.join("\n") });
  }
}

/**
 * Drops tables together, with their indexes, constraints and sequences.
 *
 * @throws PostgresError (2BP01) when another table refers to one of them, without CASCADE
 */
export function* dropTables(
  definition: Definition,
  tables: readonly Table[],
  behavior: DropBehavior,
): Steps<void> {
  const { catalog } = definition;
  const [only, second] = tables;
  const what = only === undefined || second !== undefined ? null : `table ${only.name}`;
  // What depends on the last of them is found last, and told first.
  const dependents = tables.toReversed().flatMap((table) => {
    const others = table.referencedBy.filter((one) => !tables.includes(one.table));
    return dependentKeys(others, `table ${table.name}`);
  });
  reportDependents(definition, what, dependents, behavior);
  for (const table of tables) {
    for (const foreignKey of [...table.referencedBy, ...table.foreignKeys]) {
      yield* dropForeignKey(definition, foreignKey);
    }
    catalog.change(table, () => () => {});
    for (const index of table.writtenIndexes) {
      catalog.endName(index.name);
    }
    for (const { identity } of table.columns) {
      if (identity !== null) {
        catalog.endName(identity.sequence.name);
      }
    }
    catalog.endName(table.name);
  }
}

/** Drops a foreign key, for which both its tables are locked. */
export function* dropForeignKey(definition: Definition, foreignKey: ForeignKey): Steps<void> {
  const { catalog } = definition;
  const { table, referenced } = foreignKey;
  yield* lockKnownTable(definition, table, ACCESS_EXCLUSIVE);
  yield* lockKnownTable(definition, referenced, ACCESS_EXCLUSIVE);
  catalog.change(table, () => {
    const takeBack = takeOut(table.foreignKeys, foreignKey);
    const takeBackThere = takeOut(referenced.referencedBy, foreignKey);
    return () => {
      takeBack();
      takeBackThere();
    };
  });
}

/** Drops an index. The caller holds ACCESS EXCLUSIVE on the table. */
export function dropIndex({ catalog }: Definition, table: Table, index: TableIndex): void {
  catalog.endName(index.name);
  catalog.change(table, () =>
    takeOut(table.drafts.includes(index) ? table.drafts : table.indexes, index),
  );
}

/** Takes an element out of a list, and gives what puts it back into its place. */
export function takeOut<Element>(list: Element[], element: Element): () => void {
  const at = list.indexOf(element);
  list.splice(at, 1);
  return () => void list.splice(at, 0, element);
}
