import { PostgresError } from "../ground/postgres-error.ts";
import type { Table, TableIndex } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";

/**
 * The names of the unique indexes that ON CONFLICT ... DO NOTHING stands for; null without the
 * clause. DO UPDATE is refused by name.
 */
export function readOnConflict(
  table: Table,
  node: SyntaxNode | undefined,
): readonly string[] | null {
  return findArbiters(table, node)?.map((index) => index.name) ?? null;
}

function findArbiters(table: Table, node: SyntaxNode | undefined): readonly TableIndex[] | null {
  if (node === undefined) {
    return null;
  }
  if (node.requiredText("action") !== "ONCONFLICT_NOTHING") {
    node.refuse("ON CONFLICT DO UPDATE");
  }
  const target = node.part("infer");
  node.end();
  if (target === undefined) {
    return table.writtenIndexes.filter((index) => index.unique);
  }
  const constraint = target.text("conname");
  const elements = target.children("indexElems");
  target.end();
  if (constraint !== undefined) {
    return [namedConstraint(table, constraint)];
  }
  const columns = new Set(elements.map((element) => readElement(table, element)));
  const arbiters = table.writtenIndexes.filter(
    (index) =>
      index.unique &&
      index.predicate === null &&
      index.columns.length === columns.size &&
      index.columns.every((column) => columns.has(column)),
  );
  if (arbiters.length > 0) {
    return arbiters;
  }
  const message =
    "there is no unique or exclusion constraint matching the ON CONFLICT specification";
  throw new PostgresError("42P10", message);
}

function readElement(table: Table, element: SyntaxNode): number {
  const name = element.text("name") ?? element.refuse("ON CONFLICT on an expression");
  element.only("ordering", "SORTBY_DEFAULT");
  element.only("nulls_ordering", "SORTBY_NULLS_DEFAULT");
  element.end();
  const column = table.columnAt(name);
  if (column >= 0) {
    return column;
  }
  throw new PostgresError("42703", `column "${name}" does not exist`);
}

function namedConstraint(table: Table, name: string): TableIndex {
  const index = table.writtenIndexes.find((one) => one.unique && one.name === name);
  if (index !== undefined) {
    return index;
  }
  const message = `constraint "${name}" for table "${table.name}" does not exist`;
  throw new PostgresError("42704", message);
}
