import { PostgresError } from "../ground/postgres-error.ts";
import type { Steps } from "../ground/wait.ts";
import type { ForeignKey, Table } from "../storage/table.ts";
import { hasConstraint } from "./add-constraint.ts";
import type { Definition } from "./definition.ts";
import {
  dependentKeys,
  type DropBehavior,
  dropForeignKey,
  dropIndex,
  reportDependents,
  takeOut,
} from "./drop-relation.ts";
import { usesIndex } from "./drop.ts";
import { validateCheck, validateForeignKey } from "./validate-constraint.ts";

/** How something of a table is dropped. */
export interface DropOptions {
  readonly behavior: DropBehavior;
  /** IF EXISTS. */
  readonly onlyIfThere: boolean;
}

/** @throws PostgresError (42704, 2BP01) */
export function* dropConstraint(
  definition: Definition,
  table: Table,
  name: string,
  { behavior, onlyIfThere }: DropOptions,
): Steps<void> {
  const { catalog, execution } = definition;
  if (!hasConstraint(table, name)) {
    const message = `constraint "${name}" of relation "${table.name}" does not exist`;
    if (!onlyIfThere) {
      throw new PostgresError("42704", message);
    }
    execution.notice("NOTICE", "00000", `${message}, skipping`);
    return;
  }
  const check = table.checks.find((one) => one.name === name);
  const foreignKey = table.foreignKeys.find((one) => one.name === name);
  const index = table.indexes.find((one) => one.name === name);
  if (check !== undefined) {
    catalog.change(table, () => takeOut(table.checks, check));
  } else if (foreignKey !== undefined) {
    yield* dropForeignKey(definition, foreignKey);
  } else if (index !== undefined) {
    const dependents = table.referencedBy.filter((one) => usesIndex(index.columns, one));
    const what = `constraint ${name} on table ${table.name}`;
    reportDependents(definition, what, dependentKeys(dependents, `index ${name}`), behavior);
    for (const one of dependents) {
      yield* dropForeignKey(definition, one);
    }
    dropIndex(definition, table, index);
  }
}

/** VALIDATE CONSTRAINT. @throws PostgresError (42704, and what the rows violate) */
export function validateConstraint(table: Table, name: string): undefined {
  const check = table.checks.find((one) => one.name === name);
  const foreignKey = table.foreignKeys.find((one) => one.name === name);
  if (check !== undefined) {
    validateCheck(table, check);
  } else if (foreignKey !== undefined) {
    validateForeignKey(foreignKey);
  } else {
    const message = `constraint "${name}" of relation "${table.name}" does not exist`;
    throw new PostgresError("42704", message);
  }
}

/** ALTER CONSTRAINT: when a foreign key is checked. @throws PostgresError (42704, 42809) */
export function alterConstraint(
  { catalog }: Definition,
  table: Table,
  name: string,
  changes: Pick<ForeignKey, "deferrable" | "initiallyDeferred">,
): void {
  const before = table.foreignKeys.find((one) => one.name === name);
  if (before === undefined) {
    throw hasConstraint(table, name)
      ? new PostgresError(
          "42809",
          `constraint "${name}" of relation "${table.name}" is not a foreign key constraint`,
        )
      : new PostgresError(
          "42704",
          `constraint "${name}" of relation "${table.name}" does not exist`,
        );
  }
  const after = { ...before, ...changes };
  const { foreignKeys } = table;
  const { referencedBy } = before.referenced;
  catalog.change(table, () => {
    const at = foreignKeys.indexOf(before);
    const there = referencedBy.indexOf(before);
    foreignKeys[at] = after;
    referencedBy[there] = after;
    return () => {
      foreignKeys[at] = before;
      referencedBy[there] = before;
    };
  });
}
