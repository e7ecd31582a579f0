import { PostgresError } from "../ground/postgres-error.ts";
import type { Steps } from "../ground/wait.ts";
import type { RowVersion, Table } from "../storage/table.ts";
import { changeColumn } from "./column-change.ts";
import type { Definition } from "./definition.ts";
import type { DropOptions } from "./drop-constraint.ts";
import {
  dependentKeys,
  dropForeignKey,
  dropIndex,
  reportDependents,
  takeOut,
} from "./drop-relation.ts";

/**
 * DROP COLUMN: its place stays, empty. The indexes, checks and foreign keys that it is part of go
 * with it.
 *
 * @throws PostgresError (42703, 2BP01)
 */
export function* dropColumn(
  definition: Definition,
  table: Table,
  name: string,
  { behavior, onlyIfThere }: DropOptions,
): Steps<void> {
  const { catalog, execution } = definition;
  const at = table.columnAt(name);
  if (at < 0) {
    const message = `column "${name}" of relation "${table.name}" does not exist`;
    if (!onlyIfThere) {
      throw new PostgresError("42703", message);
    }
    execution.notice("NOTICE", "00000", `${message}, skipping`);
    return;
  }
  const dependents = table.referencedBy.filter((one) => one.referencedColumns.includes(at));
  const what = `column ${name} of table ${table.name}`;
  // A key over the column itself goes with it, whatever it refers to.
  const others = dependents.filter((one) => one.table !== table || !one.columns.includes(at));
  const generated = table.columns.filter((one) => one.generated?.columns.includes(at) === true);
  const dependent = [
    ...generated.map((one) => ({ what: `column ${one.name} of table ${table.name}`, on: what })),
    ...dependentKeys(others, what),
  ];
  reportDependents(definition, what, dependent, behavior);
  for (const one of generated) {
    yield* dropColumn(definition, table, one.name, { behavior, onlyIfThere: false });
  }
  const own = table.foreignKeys.filter((one) => one.columns.includes(at));
  for (const foreignKey of new Set([...dependents, ...own])) {
    yield* dropForeignKey(definition, foreignKey);
  }
  for (const index of table.writtenIndexes.filter((one) => one.columns.includes(at))) {
    dropIndex(definition, table, index);
  }
  for (const check of table.checks.filter((one) => one.columns.includes(at))) {
    catalog.change(table, () => takeOut(table.checks, check));
  }
  const sequence = table.columns[at]?.identity?.sequence;
  if (sequence !== undefined) {
    catalog.endName(sequence.name);
  }
  emptyColumn(definition, table, at);
  changeColumn(definition, table, at, {
    name: `........pg.dropped.${at + 1}........`,
    notNull: false,
    default: null,
    identity: null,
    generated: null,
    dropped: true,
  });
}

function emptyColumn({ catalog }: Definition, table: Table, at: number): void {
  catalog.change(table, () => {
    const before: { version: RowVersion; values: RowVersion["values"] }[] = [];
    for (const row of table.rows) {
      for (const version of row.versions) {
        before.push({ version, values: version.values });
        version.values = version.values.with(at, null);
      }
    }
    return () => {
      for (const { version, values } of before) {
        version.values = values;
      }
    };
  });
}
