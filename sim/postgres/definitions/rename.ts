import type { StatementPlan } from "../clauses/statement-plan.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { ACCESS_EXCLUSIVE } from "../locks/lock.ts";
import type { Catalog } from "../storage/catalog.ts";
import type { Table, TableIndex } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { hasConstraint } from "./add-constraint.ts";
import { changeColumn, demandColumnOf } from "./column-change.ts";
import { type Definition, planDefinition } from "./definition.ts";
import { lockRelation, lockTable, readRelationName } from "./relation-reference.ts";

/** Compiles ALTER ... RENAME of a table, an index, a sequence, a column or a constraint. */
export function compileRename(catalog: Catalog, node: SyntaxNode): StatementPlan {
  const type = node.requiredText("renameType");
  const onlyIfThere = node.flag("missing_ok");
  const relationName = readRelationName(node.part("relation"));
  const before = node.text("subname") ?? "";
  const after = node.requiredText("newname");
  node.text("relationType");
  node.only("behavior", "DROP_RESTRICT");
  node.end();
  switch (type) {
    case "OBJECT_TABLE":
    case "OBJECT_INDEX":
    case "OBJECT_SEQUENCE":
      return planDefinition(TAGS[type], catalog, function* define(definition) {
        const relation = yield* lockRelation(definition, relationName, ACCESS_EXCLUSIVE);
        if (relation === undefined) {
          const message = `relation "${relationName}" does not exist`;
          if (!onlyIfThere) {
            throw new PostgresError("42P01", message);
          }
          definition.execution.notice("NOTICE", "00000", `${message}, skipping`);
          return;
        }
        renameRelation(definition, relationName, after);
      });
    case "OBJECT_COLUMN":
      return planDefinition("ALTER TABLE", catalog, function* define(definition) {
        const table = yield* lockTable(definition, relationName, ACCESS_EXCLUSIVE);
        const at = table.columnAt(before);
        if (at < 0) {
          throw new PostgresError("42703", `column "${before}" does not exist`);
        }
        if (table.columnAt(after) >= 0) {
          const message = `column "${after}" of relation "${table.name}" already exists`;
          throw new PostgresError("42701", message);
        }
        changeColumn(definition, table, demandColumnOf(table, before), { name: after });
      });
    case "OBJECT_TABCONSTRAINT":
      return planDefinition("ALTER TABLE", catalog, function* define(definition) {
        const table = yield* lockTable(definition, relationName, ACCESS_EXCLUSIVE);
        renameConstraint(definition, table, before, after);
      });
    default:
      return node.refuse(`RENAME of ${type}`);
  }
}

const TAGS = {
  OBJECT_TABLE: "ALTER TABLE",
  OBJECT_INDEX: "ALTER INDEX",
  OBJECT_SEQUENCE: "ALTER SEQUENCE",
} as const;

function renameRelation({ catalog }: Definition, before: string, after: string): void {
  const relation = catalog.findRelation(before);
  if (relation === undefined) {
    return;
  }
  if (catalog.findRelation(after) !== undefined) {
    throw new PostgresError("42P07", `relation "${after}" already exists`);
  }
  catalog.endName(before);
  if (relation.kind === "sequence") {
    const { sequence } = relation;
    catalog.addName(after, relation);
    sequence.name = after;
    catalog.onAbort(() => (sequence.name = before));
    return;
  }
  const { table } = relation;
  if (relation.kind === "table") {
    catalog.addName(after, relation);
    catalog.change(table, () => {
      table.name = after;
      return () => (table.name = before);
    });
    return;
  }
  const renamed = { ...relation.index, name: after };
  catalog.addName(after, { kind: "index", table, index: renamed });
  replaceIndex(catalog, table, relation.index, renamed);
}

function renameConstraint(
  definition: Definition,
  table: Table,
  before: string,
  after: string,
): void {
  const { catalog } = definition;
  if (!hasConstraint(table, before)) {
    const message = `constraint "${before}" for table "${table.name}" does not exist`;
    throw new PostgresError("42704", message);
  }
  if (hasConstraint(table, after)) {
    const message = `constraint "${after}" for relation "${table.name}" already exists`;
    throw new PostgresError("42710", message);
  }
  if (table.writtenIndexes.some((index) => index.name === before)) {
    renameRelation(definition, before, after);
    return;
  }
  catalog.change(table, () => {
    const takeBack = [
      replaceNamed(table.checks, before, after),
      replaceNamed(table.foreignKeys, before, after),
      ...new Set(table.foreignKeys.map((one) => one.referenced)),
    ].flatMap((one) =>
      typeof one === "function" ? [one] : [renameThere(one, table, before, after)],
    );
    return () => takeBack.forEach((one) => one());
  });
}

/** The referenced table lists the same foreign key. */
function renameThere(referenced: Table, table: Table, before: string, after: string): () => void {
  return replaceNamed(referenced.referencedBy, before, after, (one) => one.table === table);
}

function replaceNamed<Named extends { readonly name: string }>(
  list: Named[],
  before: string,
  after: string,
  isMeant: (one: Named) => boolean = () => true,
): () => void {
  const at = list.findIndex((one) => one.name === before && isMeant(one));
  const one = list[at];
  if (one === undefined) {
    return () => {};
  }
  list[at] = { ...one, name: after };
  return () => {
    list[at] = one;
  };
}

function replaceIndex(catalog: Catalog, table: Table, before: TableIndex, after: TableIndex): void {
  catalog.change(table, () => {
    const list = table.drafts.includes(before) ? table.drafts : table.indexes;
    const at = list.indexOf(before);
    list[at] = after;
    return () => {
      list[at] = before;
    };
  });
}
