import { compileExpression } from "../expressions/compile-expression.ts";
import { allSteps } from "../expressions/fold.ts";
import { foldAll } from "../expressions/folding.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { ROW_EXCLUSIVE } from "../locks/lock.ts";
import { InsertRows } from "../operators/insert-rows.ts";
import { allOf } from "../operators/operator.ts";
import { Projection } from "../operators/projection.ts";
import { StreamScan } from "../operators/stream-scan.ts";
import { ValueRows } from "../operators/value-rows.ts";
import type { Table } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import {
  assign,
  bindAssignments,
  type ColumnAssignment,
  demandColumn,
  type WrittenItem,
} from "./assignment.ts";
import { isSimple, readTable } from "./from-clause.ts";
import { readOnConflict } from "./on-conflict.ts";
import type { ChangePlan, QueryPlan } from "./query-plan.ts";
import { buildFrame, columnAt, QueryScope } from "./query-scope.ts";
import { compileReturning, returnedFields } from "./returning.ts";
import { SelectQuery } from "./select-query.ts";
import { tableAt, tableOf } from "./statement-context.ts";
import { readValuesLists } from "./values-query.ts";

/** What gives the rows to insert: lists of values, or a query whose columns are written. */
type InsertSource =
  | { readonly kind: "lists"; readonly rows: readonly (readonly ColumnAssignment[])[] }
  | {
      readonly kind: "query";
      readonly query: QueryPlan;
      readonly row: readonly ColumnAssignment[];
      /** The same over what the query computes, where it becomes a part of the INSERT. */
      readonly planned: readonly ColumnAssignment[];
    };

/** Compiles INSERT INTO ... VALUES or a query [ON CONFLICT ...] [RETURNING ...]. */
export function compileInsert(outer: QueryScope, node: SyntaxNode): ChangePlan {
  const { context, compilers } = outer;
  const scope = new QueryScope(context, outer, compilers);
  const relation = node.part("relation") ?? node.refuse("INSERT without a table");
  const target = readTable(scope, relation, ROW_EXCLUSIVE);
  const table = tableOf(target.use);
  node.only("override", "OVERRIDING_NOT_SET");
  const columns = readColumns(table, node.children("cols"));
  const values = new QueryScope(context, outer, compilers);
  const source = readSource(values, table, columns, node.child("selectStmt"));
  scope.addNames(target.names);
  const onConflict = readOnConflict(scope, table, node.part("onConflictClause"));
  const returning = compileReturning(scope, node.part("returningClause"));
  node.end();
  const { subQueries } = scope;
  const entries = scope.entries.length;
  const { at } = target.use;
  const buildSource = sourceBuilder(source, values);
  return {
    tag: "INSERT 0",
    columns: returnedFields(returning),
    planning: allSteps([
      source.kind === "query" ? foldAll(source.planned) : foldAll(source.rows.flat()),
      foldAll(returning.map(({ expression }) => expression)),
      onConflict.planning,
      source.kind === "query" ? source.query.planning() : null,
    ]),
    build: (site) => {
      const frame = buildFrame(site, entries, subQueries);
      const inserted = tableAt(site, at);
      return new InsertRows({
        frame,
        table: inserted,
        source: buildSource(site, inserted),
        ...onConflict.bind(inserted),
        returning: returning.map(({ expression }) => expression.evaluate),
      });
    },
  };
}

/** The columns to be written; where they were not named, there may be fewer values than columns. */
interface WrittenColumns {
  readonly columns: readonly number[];
  readonly named: boolean;
  /** The places of the names. */
  readonly positions: readonly (number | undefined)[];
}

function readColumns(table: Table, nodes: readonly SyntaxNode[]): WrittenColumns {
  if (nodes.length === 0) {
    const columns = [...table.columns.keys()].filter((at) => table.columns[at]?.dropped === false);
    return { columns, named: false, positions: [] };
  }
  const columns: number[] = [];
  for (const node of nodes) {
    const name = node.requiredText("name");
    node.end();
    const column = demandColumn(table, name, node.position);
    if (columns.includes(column)) {
      const message = `column "${name}" specified more than once`;
      throw new PostgresError("42701", message).at(node.position);
    }
    columns.push(column);
  }
  return { columns, named: true, positions: nodes.map(({ position }) => position) };
}

function readSource(
  scope: QueryScope,
  table: Table,
  written: WrittenColumns,
  node: SyntaxNode | undefined,
): InsertSource {
  if (node === undefined) {
    return { kind: "lists", rows: [assignRow(scope, table, written, [])] };
  }
  if (!isPlainValues(node)) {
    return readQuery(scope, table, written, node);
  }
  node.only("op", "SETOP_NONE");
  node.only("limitOption", "LIMIT_OPTION_DEFAULT");
  const rows = readValuesLists(
    node,
    (item) => readItem(scope, item),
    (list) => assignRow(scope, table, written, list),
  );
  node.end();
  return { kind: "lists", rows };
}

function readItem(scope: QueryScope, node: SyntaxNode): WrittenItem {
  const { start } = node;
  const value =
    node.kind === "SetToDefault"
      ? null
      : scope.within("VALUES", null, () => compileExpression(scope, node));
  return { value, position: value?.node?.start ?? start };
}

/** VALUES with ORDER BY or LIMIT is a query, in which DEFAULT has no meaning. */
function isPlainValues(node: SyntaxNode): boolean {
  const read = node.reopen();
  return (
    read.children("valuesLists").length > 0 &&
    read.children("sortClause").length === 0 &&
    read.child("limitCount") === undefined &&
    read.child("limitOffset") === undefined
  );
}

function readQuery(
  scope: QueryScope,
  table: Table,
  written: WrittenColumns,
  node: SyntaxNode,
): InsertSource {
  const isPulledUp = isSimple(node, false);
  const query = scope.compilers.query(scope, node);
  const source = scope.addEntry(
    { alias: "*SELECT*", columns: query.columns, relation: null, inlined: false },
    node,
  );
  // An unknown literal of the select list takes the type of the column that it is written to.
  const places = query.columns.map((_, at) => query.positionOf(at));
  demandColumns(written, places);
  for (const [at, column] of written.columns.entries()) {
    const type = table.columns[column]?.type;
    if (type !== undefined && query.columns[at]?.type.name === "unknown") {
      query.coerceColumn(at, type);
    }
  }
  const values = query.columns.map((field, at) => ({
    value: columnAt(source, at, field),
    position: places[at],
  }));
  const row = assignRow(scope, table, written, values);
  if (!isPulledUp || !(query instanceof SelectQuery)) {
    return { kind: "query", query, row, planned: row };
  }
  const shown = query.targets.map(({ expression }, at) => ({
    value: expression,
    position: places[at],
  }));
  return { kind: "query", query, row, planned: assignRow(scope, table, written, shown) };
}

function assignRow(
  scope: QueryScope,
  table: Table,
  written: WrittenColumns,
  values: readonly WrittenItem[],
): ColumnAssignment[] {
  const [only, second] = values;
  if (only !== undefined) {
    const isRow = second === undefined && only.value?.fields?.length === written.columns.length;
    demandColumns(
      written,
      values.map(({ position }) => position),
      isRow,
    );
  }
  const row = table.columns.map((_, column): ColumnAssignment => ({ column, evaluate: null }));
  for (const [at, { value, position }] of values.entries()) {
    const column = written.columns[at];
    if (column !== undefined) {
      row[column] = assign(scope, table, column, { value, position }, "insert");
    }
  }
  return row;
}

const ROW_HINT =
  "The insertion source is a row expression containing the same number of columns expected by the INSERT. Did you accidentally use extra parentheses?";

/** `places` are those of the values; `isRow` says that the only one is a row of all the columns. */
function demandColumns(
  { columns, named, positions }: WrittenColumns,
  places: readonly (number | undefined)[],
  isRow = false,
): void {
  if (places.length > columns.length) {
    const message = "INSERT has more expressions than target columns";
    throw new PostgresError("42601", message).at(places[columns.length]);
  }
  if (named && places.length < columns.length) {
    const message = "INSERT has more target columns than expressions";
    const hint = isRow ? { hint: ROW_HINT } : {};
    throw new PostgresError("42601", message, hint).at(positions[places.length]);
  }
}

function sourceBuilder(source: InsertSource, scope: QueryScope) {
  const { subQueries } = scope;
  const entries = scope.entries.length;
  return (site: Parameters<typeof buildFrame>[0], table: Table) => {
    const frame = buildFrame(site, entries, subQueries);
    if (source.kind === "lists") {
      const rows = source.rows.map((row) => evaluatesOf(row, table));
      return new ValueRows(frame, rows);
    }
    const rows = source.query.build({ ...site, outer: frame, shuffles: true });
    const scan = new StreamScan(frame, 0, rows, allOf([]));
    return new Projection(frame, scan, evaluatesOf(source.row, table));
  };
}

function evaluatesOf(row: readonly ColumnAssignment[], table: Table) {
  return bindAssignments(row, table).map(({ evaluate }) => evaluate);
}
