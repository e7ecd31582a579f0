import {
  assign,
  type ColumnAssignment,
  bindAssignments,
  type BoundAssignment,
  demandColumn,
  type WrittenValue,
} from "../clauses/assignment.ts";
import { readTableReference } from "../clauses/from-clause.ts";
import { readOnConflict } from "../clauses/on-conflict.ts";
import { QueryScope } from "../clauses/query-scope.ts";
import { compileReturning } from "../clauses/returning.ts";
import type { StatementPlan, PlanOutcome, PlanTemplate } from "../clauses/statement-plan.ts";
import type { Target } from "../clauses/target-list.ts";
import { compileExpression } from "../expressions/compile-expression.ts";
import { Frame, StatementRun } from "../expressions/frame.ts";
import { ParameterTypes } from "../expressions/scope.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { type Steps, WAIT } from "../ground/wait.ts";
import { ROW_EXCLUSIVE } from "../locks/lock.ts";
import { checkRow } from "../rows/check-row.ts";
import type { Execution } from "../rows/execution.ts";
import { RowInsert } from "../rows/row-insert.ts";
import type { Catalog } from "../storage/catalog.ts";
import type { RowValues } from "../storage/row.ts";
import type { Table, TableIndex } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { Datum } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";

interface Insert {
  /** For each row to insert, the assignments of all columns, in their order. */
  readonly rows: readonly (readonly ColumnAssignment[])[];
  readonly arbiterNames: readonly string[] | null;
  readonly returning: readonly Target[];
  readonly parameterTypes: readonly SqlType[];
}

interface BoundInsert {
  readonly table: Table;
  readonly rows: readonly (readonly BoundAssignment[])[];
  /** Unique indexes under which a conflict is passed over; null without ON CONFLICT. */
  readonly arbiters: readonly TableIndex[] | null;
  readonly returning: readonly Target[];
}

/** Compiles INSERT INTO ... VALUES ... [ON CONFLICT ... DO NOTHING] [RETURNING ...]. */
export function compileInsert(catalog: Catalog, node: SyntaxNode): PlanTemplate {
  const parameters = new ParameterTypes();
  const scope = new QueryScope(parameters);
  const relation = node.part("relation") ?? node.refuse("INSERT without a table");
  const table = readTableReference(catalog, scope, relation);
  node.only("override", "OVERRIDING_NOT_SET");
  const columns = readColumns(table, node.children("cols"));
  const rows = readRows(new QueryScope(parameters), table, columns, node.child("selectStmt"));
  const arbiterNames = readOnConflict(table, node.part("onConflictClause"));
  const returning = compileReturning(scope, node.part("returningClause"));
  node.end();
  scope.takeTables();
  return templateOf(table.name, {
    rows,
    arbiterNames,
    returning,
    parameterTypes: parameters.finish(),
  });
}

function templateOf(tableName: string, insert: Insert): PlanTemplate {
  return {
    tableNames: [tableName],
    bind([table]) {
      if (table === undefined) {
        throw new Error("an INSERT was bound to no table");
      }
      return bindInsert(insert, table);
    },
  };
}

function bindInsert(insert: Insert, table: Table): StatementPlan {
  const { arbiterNames, returning, parameterTypes } = insert;
  const rows = insert.rows.map((row) => bindAssignments(row, table));
  const isArbiter = (index: TableIndex): boolean => arbiterNames?.includes(index.name) === true;
  const arbiters = arbiterNames === null ? null : table.writtenIndexes.filter(isArbiter);
  const bound: BoundInsert = { table, rows, arbiters, returning };
  return {
    tag: (count) => `INSERT 0 ${count}`,
    columns: returning.map((target) => target.column),
    tableLocks: [{ table, mode: ROW_EXCLUSIVE }],
    parameterTypes,
    run: (execution) => runInsert(bound, execution),
  };
}

/** The columns to be written; where they were not named, there may be fewer values than columns. */
interface WrittenColumns {
  readonly columns: readonly number[];
  readonly named: boolean;
}

function readColumns(table: Table, nodes: readonly SyntaxNode[]): WrittenColumns {
  if (nodes.length === 0) {
    return { columns: table.columns.map((_, at) => at), named: false };
  }
  const columns: number[] = [];
  for (const node of nodes) {
    const name = node.requiredText("name");
    node.end();
    const column = demandColumn(table, name);
    if (columns.includes(column)) {
      throw new PostgresError("42701", `column "${name}" specified more than once`);
    }
    columns.push(column);
  }
  return { columns, named: true };
}

function readRows(
  scope: QueryScope,
  table: Table,
  { columns, named }: WrittenColumns,
  source: SyntaxNode | undefined,
): ColumnAssignment[][] {
  if (source === undefined) {
    return [assignRow(scope, table, [], [])];
  }
  const lists = source.children("valuesLists");
  if (lists.length === 0) {
    source.refuse("INSERT from a query");
  }
  source.only("op", "SETOP_NONE");
  source.only("limitOption", "LIMIT_OPTION_DEFAULT");
  source.end();
  let length: number | undefined;
  return lists.map((list) => {
    const values = readValues(scope, list);
    length ??= values.length;
    if (values.length !== length) {
      throw new PostgresError("42601", "VALUES lists must all be the same length");
    }
    if (values.length > columns.length) {
      throw new PostgresError("42601", "INSERT has more expressions than target columns");
    }
    if (named && values.length < columns.length) {
      throw new PostgresError("42601", "INSERT has more target columns than expressions");
    }
    return assignRow(scope, table, columns, values);
  });
}

function readValues(scope: QueryScope, list: SyntaxNode): WrittenValue[] {
  const items = list.children("items");
  list.end();
  return items.map((item) =>
    item.kind === "SetToDefault" ? null : compileExpression(scope, item),
  );
}

function assignRow(
  scope: QueryScope,
  table: Table,
  columns: readonly number[],
  values: readonly WrittenValue[],
): ColumnAssignment[] {
  const row = table.columns.map((_, column): ColumnAssignment => ({ column, evaluate: null }));
  for (const [at, value] of values.entries()) {
    const column = columns[at];
    if (column !== undefined) {
      row[column] = assign(scope, table, column, value, "insert");
    }
  }
  return row;
}

function* runInsert(insert: BoundInsert, execution: Execution): Steps<PlanOutcome> {
  const { table, returning } = insert;
  const arbiters =
    insert.arbiters === null ? null : ({ indexes: insert.arbiters, action: "nothing" } as const);
  const insertion = new RowInsert(execution);
  const rows: RowValues[] = [];
  let count = 0;
  for (const assignments of insert.rows) {
    const frame = new Frame(StatementRun.of(execution), null, 1);
    const values: Datum[] = [];
    for (const assignment of assignments) {
      values.push(assignment.evaluate(frame));
    }
    checkRow(table, values);
    insertion.start(table, values, arbiters);
    let outcome = insertion.step();
    for (; outcome === WAIT; outcome = insertion.step()) {
      yield WAIT;
    }
    if (outcome === "conflict") {
      continue;
    }
    count += 1;
    if (returning.length === 0) {
      continue;
    }
    frame.rows[0] = values;
    rows.push(returning.map((target) => target.evaluate(frame)));
  }
  return { rows, count };
}
