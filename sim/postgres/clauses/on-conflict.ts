import { compileCondition } from "../expressions/compile-expression.ts";
import type { PlanStep } from "../expressions/fold.ts";
import { foldAll } from "../expressions/folding.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { type ConflictUpdate, EXCLUDED } from "../operators/insert-rows.ts";
import { allOf } from "../operators/operator.ts";
import type { ConflictArbiters } from "../rows/row-insert.ts";
import { FOR_UPDATE, NO_KEY_UPDATE } from "../storage/row.ts";
import type { Table, TableIndex } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { bindAssignments } from "./assignment.ts";
import { columnsOf, columnsOfTable, type QueryScope } from "./query-scope.ts";
import { compileSetClause } from "./set-clause.ts";

/** ON CONFLICT over the table of one engine; both null without the clause. */
export interface BoundConflict {
  readonly arbiters: ConflictArbiters | null;
  readonly update: ConflictUpdate | null;
}

interface CompiledConflict {
  readonly bind: (table: Table) => BoundConflict;
  readonly planning: PlanStep | null;
}

/**
 * Reads ON CONFLICT [target] DO NOTHING or DO UPDATE. The scope holds the table, and gets the row
 * that was to be inserted, under the name `excluded`, for the time of the clause.
 */
export function readOnConflict(
  scope: QueryScope,
  table: Table,
  node: SyntaxNode | undefined,
): CompiledConflict {
  if (node === undefined) {
    return { bind: () => ({ arbiters: null, update: null }), planning: null };
  }
  const action = node.requiredText("action");
  const target = node.part("infer");
  const setNodes = node.children("targetList");
  const whereNode = node.child("whereClause");
  node.end();
  if (action === "ONCONFLICT_UPDATE" && target === undefined) {
    throw new PostgresError(
      "42601",
      "ON CONFLICT DO UPDATE requires inference specification or constraint name",
      { hint: "For example, ON CONFLICT (column_name)." },
    );
  }
  const names = findArbiters(table, target).map((index) => index.name);
  const arbitersOf = (bound: Table, what: "nothing" | "update"): ConflictArbiters => ({
    indexes: bound.writtenIndexes.filter((index) => index.unique && names.includes(index.name)),
    action: what,
  });
  if (action === "ONCONFLICT_NOTHING") {
    const bind = (bound: Table): BoundConflict => ({
      arbiters: arbitersOf(bound, "nothing"),
      update: null,
    });
    return { bind, planning: null };
  }
  const before = [...scope.namespace];
  const columns = columnsOfTable(table);
  const source = scope.addEntry(
    { alias: "excluded", columns, relation: null, inlined: false },
    node,
  );
  if (source !== EXCLUDED) {
    throw new Error("the row to be inserted has another place than its operator expects");
  }
  const excluded = { alias: "excluded", columns: columnsOf(source, columns) };
  // A bare name means the row that is there.
  scope.addNames({ ...excluded, byAlias: true, byColumn: true });
  const assignments = compileSetClause(scope, table, setNodes);
  const conditions = whereNode === undefined ? [] : [compileCondition(scope, whereNode, "WHERE")];
  const condition = allOf(conditions.map(({ evaluate }) => evaluate));
  scope.namespace = before;
  const set = new Set(assignments.map(({ column }) => column));
  const setsKey = table.keyColumns.some(
    (at) => set.has(at) || table.columns[at]?.generated?.columns.some((read) => set.has(read)),
  );
  const mode = setsKey ? FOR_UPDATE : NO_KEY_UPDATE;
  return {
    planning: foldAll([...assignments, ...conditions]),
    bind: (bound) => ({
      arbiters: arbitersOf(bound, "update"),
      update: { assignments: bindAssignments(assignments, bound), condition, mode },
    }),
  };
}

/** infer_arbiter_indexes: without a target, every unique index. */
function findArbiters(table: Table, target: SyntaxNode | undefined): readonly TableIndex[] {
  if (target === undefined) {
    return table.writtenIndexes.filter((index) => index.unique);
  }
  const constraint = target.text("conname");
  const elements = target.children("indexElems");
  const where = target.child("whereClause");
  target.end();
  if (constraint !== undefined) {
    return [namedConstraint(table, constraint)];
  }
  const parts = new Set(elements.map((element) => readElement(table, element)));
  const conditions = conjunctsOf(where).map((one) => one.canonical());
  const arbiters = table.writtenIndexes.filter(
    (index) =>
      index.unique &&
      index.columns.length === parts.size &&
      index.columns.every((column, at) => parts.has(index.expressions[at]?.canonical ?? column)) &&
      (index.predicate?.canonicalConjuncts.every((one) => conditions.includes(one)) ?? true),
  );
  if (arbiters.length > 0) {
    return arbiters;
  }
  const message =
    "there is no unique or exclusion constraint matching the ON CONFLICT specification";
  throw new PostgresError("42P10", message);
}

function conjunctsOf(node: SyntaxNode | undefined): SyntaxNode[] {
  if (node === undefined) {
    return [];
  }
  if (node.kind === "BoolExpr" && node.reopen().text("boolop") === "AND_EXPR") {
    return node.reopen().children("args").flatMap(conjunctsOf);
  }
  return [node];
}

/** A column by its place, an expression by its text in one form. */
function readElement(table: Table, element: SyntaxNode): number | string {
  const name = element.text("name");
  const expression = element.child("expr");
  element.only("ordering", "SORTBY_DEFAULT");
  element.only("nulls_ordering", "SORTBY_NULLS_DEFAULT");
  element.end();
  if (name === undefined) {
    return expression?.canonical() ?? element.refuse("ON CONFLICT on nothing");
  }
  const column = table.columnAt(name);
  if (column >= 0) {
    return column;
  }
  throw new PostgresError("42703", `column "${name}" does not exist`).at(element.position);
}

function namedConstraint(table: Table, name: string): TableIndex {
  const index = table.writtenIndexes.find((one) => one.unique && one.name === name);
  if (index !== undefined) {
    return index;
  }
  const message = `constraint "${name}" for table "${table.name}" does not exist`;
  throw new PostgresError("42704", message);
}
