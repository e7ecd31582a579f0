import { PostgresError } from "../ground/postgres-error.ts";
import type { Steps } from "../ground/wait.ts";
import { ACCESS_EXCLUSIVE } from "../locks/lock.ts";
import type { ForeignKey, Table, TableIndex } from "../storage/table.ts";
import type { Definition } from "./definition.ts";
import { lockKnownTable } from "./relation-reference.ts";

/** What a thing that is dropped takes along, or is kept by. */
export type DropBehavior = "restrict" | "cascade";

const HINT = "Use DROP ... CASCADE to drop the dependent objects too.";

/** 2BP01: something else depends on what is to be dropped. */
export function dependentObjects(what: string, dependents: readonly string[]): PostgresError {
  const message = `cannot drop ${what} because other objects depend on it`;
  return new PostgresError("2BP01", message, { detail: dependents.join("\n"), hint: HINT });
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
  for (const table of tables) {
    const dependents = table.referencedBy.filter((one) => !tables.includes(one.table));
    if (dependents.length > 0 && behavior === "restrict") {
      throw dependentObjects(
        `table ${table.name}`,
        dependents.map(
          (one) =>
            `constraint ${one.name} on table ${one.table.name} depends on table ${table.name}`,
        ),
      );
    }
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
