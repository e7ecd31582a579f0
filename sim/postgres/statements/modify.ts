import type { Conjunct } from "../clauses/access-path.ts";
import {
  assign,
  type ColumnAssignment,
  bindAssignments,
  type BoundAssignment,
  demandColumn,
} from "../clauses/assignment.ts";
import {
  allTrue,
  bindJoin,
  type Join,
  type JoinPlan,
  planJoin,
  readConjuncts,
  readTableReference,
  versionsAt,
} from "../clauses/from-clause.ts";
import { QueryScope } from "../clauses/query-scope.ts";
import { compileReturning } from "../clauses/returning.ts";
import type { StatementPlan, PlanOutcome, PlanTemplate } from "../clauses/statement-plan.ts";
import type { Target } from "../clauses/target-list.ts";
import { compileExpression } from "../expressions/compile-expression.ts";
import { Frame, StatementRun } from "../expressions/frame.ts";
import { ParameterTypes } from "../expressions/scope.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { shuffle } from "../ground/shuffle.ts";
import { type Steps, WAIT } from "../ground/wait.ts";
import { ROW_EXCLUSIVE } from "../locks/lock.ts";
import type { Execution } from "../rows/execution.ts";
import { type Modification, RowChange } from "../rows/row-change.ts";
import type { Catalog } from "../storage/catalog.ts";
import type { RowValues } from "../storage/row.ts";
import type { RowVersion, Table } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { Datum } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";

interface Modify {
  readonly verb: "UPDATE" | "DELETE";
  readonly join: Join;
  readonly assignments: readonly ColumnAssignment[] | null;
  readonly returning: readonly Target[];
  readonly parameterTypes: readonly SqlType[];
}

interface BoundModify {
  readonly join: JoinPlan;
  /** What UPDATE sets; null for DELETE. */
  readonly assignments: readonly BoundAssignment[] | null;
  readonly returning: readonly Target[];
}

/** Compiles UPDATE ... SET ... [WHERE ...] [RETURNING ...]. */
export function compileUpdate(catalog: Catalog, node: SyntaxNode): PlanTemplate {
  return compileModify(catalog, node, "UPDATE");
}

/** Compiles DELETE FROM ... [WHERE ...] [RETURNING ...]. */
export function compileDelete(catalog: Catalog, node: SyntaxNode): PlanTemplate {
  return compileModify(catalog, node, "DELETE");
}

/**
 * Postgres compiles WHERE and RETURNING before SET, which decides how a parameter used twice is
 * typed.
 */
function compileModify(
  catalog: Catalog,
  node: SyntaxNode,
  verb: "UPDATE" | "DELETE",
): PlanTemplate {
  const parameters = new ParameterTypes();
  const scope = new QueryScope(parameters);
  const relation = node.part("relation") ?? node.refuse(`${verb} without a table`);
  const table = readTableReference(catalog, scope, relation);
  const conjuncts = readConjuncts(scope, node.child("whereClause"), "WHERE");
  const returning = compileReturning(scope, node.part("returningClause"));
  const targets = verb === "UPDATE" ? node.children("targetList") : [];
  const assignments = verb === "UPDATE" ? readAssignments(scope, table, targets) : null;
  node.end();
  const join = planOver(scope, conjuncts);
  scope.takeTables();
  const parameterTypes = parameters.finish();
  return templateOf(table.name, { verb, join, assignments, returning, parameterTypes });
}

function templateOf(tableName: string, modify: Modify): PlanTemplate {
  return {
    tableNames: [tableName],
    bind([table]) {
      if (table === undefined) {
        throw new Error(`an ${modify.verb} was bound to no table`);
      }
      return bindModify(modify, table);
    },
  };
}

function bindModify(modify: Modify, table: Table): StatementPlan {
  const { verb, assignments, returning, parameterTypes } = modify;
  const bound: BoundModify = {
    join: bindJoin(modify.join, [table]),
    assignments: assignments === null ? null : bindAssignments(assignments, table),
    returning,
  };
  return {
    tag: (count) => `${verb} ${count}`,
    columns: returning.map((target) => target.column),
    tableLocks: [{ table, mode: ROW_EXCLUSIVE }],
    parameterTypes,
    run: (execution) => runModify(bound, execution),
  };
}

function planOver(scope: QueryScope, conjuncts: readonly Conjunct[]): Join {
  return planJoin(scope, { conjuncts: [], outerJoins: new Map() }, conjuncts, null);
}

function readAssignments(
  scope: QueryScope,
  table: Table,
  nodes: readonly SyntaxNode[],
): ColumnAssignment[] {
  const written = nodes.map((node) => {
    const name = node.requiredText("name");
    const value = node.requiredChild("val");
    node.end();
    const isDefault = value.kind === "SetToDefault";
    return { name, value: isDefault ? null : compileExpression(scope, value) };
  });
  const assignments: ColumnAssignment[] = [];
  for (const { name, value } of written) {
    const column = demandColumn(table, name);
    if (assignments.some((one) => one.column === column)) {
      throw new PostgresError("42601", `multiple assignments to same column "${name}"`);
    }
    assignments.push(assign(scope, table, column, value, "update"));
  }
  return assignments;
}

function* runModify(modify: BoundModify, execution: Execution): Steps<PlanOutcome> {
  const { returning, join } = modify;
  const frame = new Frame(StatementRun.of(execution), null, 1);
  const modification = modificationOf(modify, frame);
  const rows: RowValues[] = [];
  let count = 0;
  const change = new RowChange(execution);
  for (const version of findVersions(join, frame, execution)) {
    change.start(version, modification);
    let outcome = change.step();
    for (; outcome === WAIT; outcome = change.step()) {
      yield WAIT;
    }
    if (outcome === "passed over") {
      continue;
    }
    count += 1;
    if (returning.length === 0) {
      continue;
    }
    frame.rows[0] = (change.after ?? change.before)?.values ?? [];
    rows.push(returning.map((target) => target.evaluate(frame)));
  }
  return { rows, count };
}

function modificationOf({ assignments, join }: BoundModify, frame: Frame): Modification {
  return {
    compute: ({ values }) => {
      if (assignments === null) {
        return null;
      }
      frame.rows[0] = values;
      const changed: Datum[] = [...values];
      for (const { column, evaluate } of assignments) {
        changed[column] = evaluate(frame);
      }
      return changed;
    },
    stillMeets: ({ values }) => {
      frame.rows[0] = values;
      return allTrue(join.filters, frame);
    },
  };
}

/**
 * All rows are found before the first is changed: the snapshot is one, and the order of changing is
 * the host's choice.
 */
function findVersions(join: JoinPlan, frame: Frame, execution: Execution): RowVersion[] {
  const [level] = join.levels;
  const found = level === undefined ? [] : [...versionsAt(level, frame, execution.snapshot)];
  return found.length < 2 ? found : shuffle(found, execution.host);
}
