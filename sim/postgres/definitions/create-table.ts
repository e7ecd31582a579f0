import { compileGeneration } from "../clauses/generated-column.ts";
import type { StatementPlan } from "../clauses/statement-plan.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { ACCESS_EXCLUSIVE } from "../locks/lock.ts";
import type { Catalog } from "../storage/catalog.ts";
import { chooseName } from "../storage/constraint-name.ts";
import { Sequence } from "../storage/sequence.ts";
import { type Column, type GenerationExpression, Table } from "../storage/table.ts";
import type { ParsedStatement } from "../syntax/postgres-parser.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { FindType } from "../types/type-name.ts";
import { addConstraints } from "./add-constraint.ts";
import { type ColumnDefinition, readTableElements } from "./column-definition.ts";
import { type ConstraintDefinition, readStorageOption } from "./constraint-definition.ts";
import { planDefinition } from "./definition.ts";
import { awaitNameRival, readRelationName } from "./relation-reference.ts";

/**
 * The statement as it was read. It depends on the text alone, so every engine of the process shares
 * it.
 */
interface CreateTable {
  readonly name: string;
  readonly onlyIfMissing: boolean;
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly ConstraintDefinition[];
}

/** An expression belongs to one statement, so its columns are always the same. */
const generationsCompiledBefore = new WeakMap<SyntaxNode, GenerationExpression>();

/** What a generated column has until then: no other expression may name it. */
const NOT_YET_COMPILED: GenerationExpression = { canonical: "", columns: [], compute: () => null };

const readBefore = new WeakMap<ParsedStatement, CreateTable>();

/** Compiles CREATE TABLE [IF NOT EXISTS]. */
export function compileCreateTable(catalog: Catalog, statement: ParsedStatement): StatementPlan {
  // Where there are types of the catalog's own, a name may mean another type in another engine.
  const shared = catalog.typesKey === "";
  const before = shared ? readBefore.get(statement) : undefined;
  const create = before ?? readCreateTable(statement.open(), findTypeIn(catalog));
  if (shared) {
    readBefore.set(statement, create);
  }
  const { name, onlyIfMissing, columns, constraints } = create;
  return planDefinition("CREATE TABLE", catalog, function* define(definition) {
    const { execution } = definition;
    if (catalog.findRelation(name) !== undefined) {
      if (onlyIfMissing) {
        return;
      }
      throw new PostgresError("42P07", `relation "${name}" already exists`);
    }
    yield* awaitNameRival(definition, name, "table");
    const table = new Table(name, [], execution.transaction);
    catalog.addName(name, { kind: "table", table });
    execution.takeLock(table.lock, ACCESS_EXCLUSIVE);
    table.columns.push(...columns.map((column) => makeColumn(catalog, name, column)));
    compileGenerations(catalog, table, columns);
    table.refresh();
    yield* addConstraints(definition, table, constraints, "empty");
  });
}

/** The column, with a sequence of its own where it counts. */
export function makeColumn(
  catalog: Catalog,
  tableName: string,
  { name, type, typmod, notNull, default: written, identity, generated }: ColumnDefinition,
): Column {
  const column = {
    ...{ name, type, typmod, notNull, default: written, dropped: false },
    identity: null,
    generated: generated === null ? null : NOT_YET_COMPILED,
  };
  if (identity === null) {
    return column;
  }
  const sequenceName = chooseName(tableName, [name], "seq", (one) => catalog.isTaken(one));
  const sequence = new Sequence(sequenceName, identity.sequence);
  catalog.addName(sequenceName, { kind: "sequence", sequence });
  return { ...column, identity: { always: identity.always, sequence } };
}

/** The expressions of generated columns, once the table has all the columns that they may read. */
function compileGenerations(
  catalog: Catalog,
  table: Table,
  definitions: readonly ColumnDefinition[],
): void {
  for (const [at, { generated: expression }] of definitions.entries()) {
    const column = table.columns[at];
    if (expression === null || column === undefined) {
      continue;
    }
    const generated =
      generationsCompiledBefore.get(expression) ??
      compileGeneration(table, column, expression, findTypeIn(catalog));
    generationsCompiledBefore.set(expression, generated);
    table.columns[at] = { ...column, generated };
  }
}

/** How a definition finds the catalog's own types. */
export function findTypeIn(catalog: Catalog): FindType {
  return (name) => catalog.findType(name);
}

function readCreateTable(node: SyntaxNode, find: FindType): CreateTable {
  const name = readRelationName(node.part("relation"));
  const onlyIfMissing = node.flag("if_not_exists");
  const { columns, constraints } = readTableElements(node.children("tableElts"), find);
  node.children("options").forEach(readStorageOption);
  node.only("oncommit", "ONCOMMIT_NOOP");
  node.end();
  return { name, onlyIfMissing, columns, constraints };
}
