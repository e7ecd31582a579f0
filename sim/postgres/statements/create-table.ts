import { compileCheck, type RowCondition } from "../clauses/check-constraint.ts";
import type { StatementPlan, PlanOutcome } from "../clauses/statement-plan.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { type Steps, WAIT } from "../ground/wait.ts";
import { ACCESS_EXCLUSIVE, SHARE_ROW_EXCLUSIVE } from "../locks/lock.ts";
import { hasEnded } from "../rows/await-transaction.ts";
import type { Execution } from "../rows/execution.ts";
import type { Catalog } from "../storage/catalog.ts";
import { chooseName } from "../storage/constraint-name.ts";
import { Sequence } from "../storage/sequence.ts";
import { type Column, Table, typesOf } from "../storage/table.ts";
import type { ParsedStatement } from "../syntax/postgres-parser.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import {
  type ColumnDefinition,
  type ConstraintDefinition,
  readTableElements,
} from "./column-definition.ts";
import { addIndex } from "./create-index.ts";

const NOTHING: PlanOutcome = { rows: [], count: 0 };

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

const readBefore = new WeakMap<ParsedStatement, CreateTable>();
const checksCompiledBefore = new WeakMap<SyntaxNode, RowCondition>();

/**
 * Compiles CREATE TABLE [IF NOT EXISTS]; to be run once, by the transaction whose catalog this is.
 */
export function compileCreateTable(catalog: Catalog, statement: ParsedStatement): StatementPlan {
  const create = readBefore.get(statement) ?? readCreateTable(statement.open());
  readBefore.set(statement, create);
  const { name, onlyIfMissing, columns, constraints } = create;
  return {
    tag: () => "CREATE TABLE",
    columns: [],
    tableLocks: [],
    parameterTypes: [],
    *run(execution) {
      if (catalog.hasRelation(name) && catalog.findTableInCreation(name) === undefined) {
        if (onlyIfMissing) {
          return NOTHING;
        }
        throw new PostgresError("42P07", `relation "${name}" already exists`);
      }
      yield* awaitRival(execution, catalog, name);
      const table = new Table(name, columns.map(makeColumn), execution.transaction);
      catalog.addTable(table);
      execution.takeLock(table.lock, ACCESS_EXCLUSIVE);
      yield* addConstraints(execution, catalog, table, constraints);
      return NOTHING;
    },
  };
}

function readCreateTable(node: SyntaxNode): CreateTable {
  const relation = node.part("relation") ?? node.refuse("CREATE TABLE without a name");
  const name = relation.requiredText("relname");
  relation.only("schemaname", "public");
  relation.only("inh", true);
  relation.only("relpersistence", "p");
  relation.end();
  const onlyIfMissing = node.flag("if_not_exists");
  const { columns, constraints } = readTableElements(node.children("tableElts"));
  node.only("oncommit", "ONCOMMIT_NOOP");
  node.end();
  return { name, onlyIfMissing, columns, constraints };
}

/**
 * Two transactions that create one name meet at the unique index of pg_type, even with IF NOT
 * EXISTS.
 */
function* awaitRival(execution: Execution, catalog: Catalog, name: string): Steps<void> {
  for (;;) {
    const rival = catalog.findTableInCreation(name);
    if (rival === undefined) {
      return;
    }
    if (!hasEnded(execution, rival.createdBy)) {
      yield WAIT;
    }
    if (rival.createdBy.status !== "committed") {
      continue;
    }
    const constraint = "pg_type_typname_nsp_index";
    throw new PostgresError(
      "23505",
      `duplicate key value violates unique constraint "${constraint}"`,
      {
        schema: "pg_catalog",
        table: "pg_type",
        constraint,
        detail: `Key (typname, typnamespace)=(${name}, 2200) already exists.`,
      },
    );
  }
}

function makeColumn(definition: ColumnDefinition): Column {
  const { name, type, typmod, notNull, defaultValue } = definition;
  const identity = definition.identity ? new Sequence() : null;
  return { name, type, typmod, notNull: notNull || identity !== null, defaultValue, identity };
}

/**
 * Checks are named first, then keys with the primary key before the rest, then foreign keys, as
 * DefineRelation does.
 */
function* addConstraints(
  execution: Execution,
  catalog: Catalog,
  table: Table,
  constraints: readonly ConstraintDefinition[],
): Steps<void> {
  const taken = new Set<string>();
  const name = (given: string | undefined, columns: readonly string[], label: string): string => {
    const isTaken = (one: string): boolean => taken.has(one) || catalog.hasRelation(one);
    const chosen = given ?? chooseName(table.name, columns, label, isTaken);
    taken.add(chosen);
    return chosen;
  };
  for (const one of constraints) {
    if (one.kind !== "check") {
      continue;
    }
    const { columns, evaluate } = checkOf(table, one.condition);
    const [column, second] = columns;
    const part = column === undefined || second !== undefined ? [] : [column];
    table.checks.push({ name: name(one.name, part, "check"), evaluate });
  }
  table.checks.sort((left, right) => (left.name < right.name ? -1 : 1));
  const keys = constraints.filter((one) => one.kind === "key");
  for (const one of keys.toSorted((a, b) => Number(b.primary) - Number(a.primary))) {
    const columns = one.columns.map((column) => demandKeyColumn(table, column));
    const indexName = one.primary ? name(one.name, [], "pkey") : name(one.name, one.columns, "key");
    if (one.primary) {
      if (table.indexes.some((index) => index.primary)) {
        const message = `multiple primary keys for table "${table.name}" are not allowed`;
        throw new PostgresError("42P16", message);
      }
      for (const at of columns) {
        markNotNull(table, at);
      }
    }
    const index = { name: indexName, columns, unique: true, primary: one.primary, predicate: null };
    addIndex(catalog, table, index);
  }
  for (const one of constraints) {
    if (one.kind !== "foreign") {
      continue;
    }
    const referenced = one.table === table.name ? table : catalog.demandTable(one.table);
    if (!execution.takeLock(referenced.lock, SHARE_ROW_EXCLUSIVE)) {
      yield WAIT;
    }
    const foreignName = name(one.name, one.columns, "fkey");
    addForeignKey(catalog, table, referenced, foreignName, one);
  }
}

/**
 * A condition belongs to one statement, so the columns that it is compiled for are always the same.
 */
function checkOf(table: Table, condition: SyntaxNode): RowCondition {
  const check = checksCompiledBefore.get(condition) ?? compileCheck(table, condition);
  checksCompiledBefore.set(condition, check);
  return check;
}

function addForeignKey(
  catalog: Catalog,
  table: Table,
  referenced: Table,
  name: string,
  definition: { readonly columns: readonly string[]; readonly referenced: readonly string[] },
): void {
  const columns = definition.columns.map((column) => demandForeignColumn(table, column));
  const primary = referenced.writtenIndexes.find((index) => index.primary);
  const referencedColumns =
    definition.referenced.length > 0
      ? definition.referenced.map((column) => demandForeignColumn(referenced, column))
      : [...(primary?.columns ?? [])];
  if (primary === undefined && definition.referenced.length === 0) {
    const message = `there is no primary key for referenced table "${referenced.name}"`;
    throw new PostgresError("42704", message);
  }
  if (columns.length !== referencedColumns.length) {
    const message = "number of referencing and referenced columns for foreign key disagree";
    throw new PostgresError("42830", message);
  }
  const isKey = referenced.writtenIndexes.some(
    (index) =>
      index.unique &&
      index.predicate === null &&
      index.columns.length === referencedColumns.length &&
      index.columns.every((column) => referencedColumns.includes(column)),
  );
  if (!isKey) {
    const message = `there is no unique constraint matching given keys for referenced table "${referenced.name}"`;
    throw new PostgresError("42830", message);
  }
  const types = typesOf(referenced, referencedColumns);
  const foreignKey = { name, table, columns, referenced, referencedColumns, types };
  table.foreignKeys.push(foreignKey);
  referenced.referencedBy.push(foreignKey);
  catalog.onAbort(() =>
    referenced.referencedBy.splice(referenced.referencedBy.indexOf(foreignKey), 1),
  );
}

function demandKeyColumn(table: Table, name: string): number {
  const at = table.columnAt(name);
  if (at >= 0) {
    return at;
  }
  throw new PostgresError("42703", `column "${name}" named in key does not exist`);
}

function demandForeignColumn(table: Table, name: string): number {
  const at = table.columnAt(name);
  if (at >= 0) {
    return at;
  }
  const message = `column "${name}" referenced in foreign key constraint does not exist`;
  throw new PostgresError("42703", message);
}

function markNotNull(table: Table, at: number): void {
  const column = table.columns[at];
  if (column !== undefined) {
    column.notNull = true;
  }
}
