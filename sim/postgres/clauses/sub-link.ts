import { settleUnknown } from "../expressions/coercion.ts";
import { compileExpression } from "../expressions/compile-expression.ts";
import { constant, type Evaluate, type Expression, sourcesOf } from "../expressions/expression.ts";
import { OPEN } from "../expressions/fold.ts";
import { withParts } from "../expressions/folding.ts";
import type { Frame, SubQuery } from "../expressions/frame.ts";
import { binaryOperator } from "../expressions/operator.ts";
import { compareRows } from "../expressions/row-expression.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { SubQueryResult } from "../operators/sub-query-result.ts";
import { ValueSet } from "../operators/value-set.ts";
import type { RowValues } from "../storage/row.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { arrayOver, BOOLEAN, isWhole, TEXT, UNKNOWN } from "../types/builtin-types.ts";
import type { Datum } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import type { QueryPlan } from "./query-plan.ts";
import type { QueryScope } from "./query-scope.ts";

/** Compiles a query inside an expression: EXISTS, a scalar, ARRAY, IN, ANY or ALL. */
export function compileSubLink(scope: QueryScope, node: SyntaxNode): Expression {
  const kind = node.requiredText("subLinkType");
  const left = node.child("testexpr");
  const operator = node.names("operName");
  const query = node.requiredChild("subselect");
  node.end();
  switch (kind) {
    case "EXISTS_SUBLINK":
      return exists(scope, scope.compilers.query(scope, query));
    case "EXPR_SUBLINK":
      return scalar(scope, node, query);
    case "ARRAY_SUBLINK":
      return arrayOf(scope, node, query);
    case "ANY_SUBLINK":
    case "ALL_SUBLINK": {
      const tested = left ?? node.refuse("a sub-select without a left operand");
      const plan = scope.compilers.query(scope, query);
      settleColumns(plan);
      const compiled = compileExpression(scope, tested);
      return quantified(scope, plan, {
        node,
        left: compiled.fields ?? [compiled],
        operator: operator[0] ?? "=",
        all: kind === "ALL_SUBLINK",
      });
    }
    default:
      return node.refuse(kind);
  }
}

function exists(scope: QueryScope, plan: QueryPlan): Expression {
  settleColumns(plan);
  const at = addSubQuery(scope, plan, false);
  const evaluate: Evaluate = (frame) => {
    const rows = subQueryAt(frame, at);
    rows.open();
    return rows.next() !== null;
  };
  plan.keepColumns(plan.columns.map(() => false));
  return withQuery({ type: BOOLEAN, evaluate, sources: plan.uses }, plan, []);
}

function scalar(scope: QueryScope, node: SyntaxNode, query: SyntaxNode): Expression {
  const [plan, type] = oneColumn(scope, node, query);
  const at = addSubQuery(scope, plan, false);
  const evaluate: Evaluate = (frame) => onlyRow(subQueryAt(frame, at))?.[0] ?? null;
  return withQuery({ type, evaluate, sources: plan.uses }, plan, []);
}

function arrayOf(scope: QueryScope, node: SyntaxNode, query: SyntaxNode): Expression {
  const [plan, type] = oneColumn(scope, node, query);
  const array = arrayOver(type) ?? query.refuse(`an array of ${type.name}`);
  const at = addSubQuery(scope, plan, true);
  const evaluate: Evaluate = (frame) => {
    const rows = subQueryAt(frame, at);
    const values: Datum[] = [];
    rows.open();
    for (let row = rows.next(); row !== null; row = rows.next()) {
      values.push(row[0] ?? null);
    }
    return values;
  };
  return withQuery({ type: array, evaluate, sources: plan.uses }, plan, []);
}

/** `left op ANY (query)` and `left op ALL (query)`, with SQL's null in between. */
function quantified(
  scope: QueryScope,
  plan: QueryPlan,
  link: {
    readonly node: SyntaxNode;
    /** One expression, or those of a row. */
    readonly left: readonly Expression[];
    readonly operator: string;
    readonly all: boolean;
  },
): Expression {
  const { node, left, operator: name, all } = link;
  if (plan.columns.length !== left.length) {
    const size = plan.columns.length > left.length ? "many" : "few";
    throw new PostgresError("42601", `subquery has too ${size} columns`).at(node.position);
  }
  const types = plan.columns.map(({ type }) => type);
  const settled = left.map((one, at) => settleUnknown(scope, one, types[at] ?? TEXT));
  const [first, second] = settled;
  const [type = TEXT] = types;
  if (first !== undefined && second === undefined && name === "=" && !all && plan.uses === 0) {
    if (type.comparable && (first.type === type || (isWhole(first.type) && isWhole(type)))) {
      return membership(scope, plan, first, type);
    }
  }
  const at = addSubQuery(scope, plan, false);
  const places = types.map(() => scope.addInnerValue());
  const right = types.map((columnType, column): Expression => {
    const place = places[column] ?? 0;
    const evaluate: Evaluate = (frame) => frame.innerValues[place] ?? null;
    return { type: columnType, evaluate, sources: 0 };
  });
  const [only = UNSET] = right;
  const compared =
    first !== undefined && second === undefined
      ? binaryOperator({ scope, node, name, left: left[0] ?? first, right: only })
      : compareRows({ scope, node, name, left: settled, right });
  const evaluate: Evaluate = (frame) => {
    const rows = subQueryAt(frame, at);
    let sawNull = false;
    rows.open();
    for (let row = rows.next(); row !== null; row = rows.next()) {
      for (let column = 0; column < places.length; column += 1) {
        frame.innerValues[places[column] ?? 0] = row[column] ?? null;
      }
      const holds = compared.evaluate(frame);
      if (holds === !all) {
        return !all;
      }
      sawNull ||= holds === null;
    }
    return sawNull ? null : all;
  };
  const sources = plan.uses | sourcesOf(settled);
  return withQuery({ type: BOOLEAN, evaluate, sources }, plan, settled);
}

const UNSET = constant(TEXT, null);

function settleColumns(plan: QueryPlan): void {
  for (const [at, { type }] of plan.columns.entries()) {
    if (type === UNKNOWN) {
      plan.coerceColumn(at, TEXT);
    }
  }
}

/** `left IN (query)` over a query that depends on nothing around it: its values are hashed. */
function membership(
  scope: QueryScope,
  plan: QueryPlan,
  left: Expression,
  type: SqlType,
): Expression {
  const at =
    scope.subQueries.memberships.push(
      (site) => new ValueSet(site.run, plan.build({ ...site, shuffles: false }), type),
    ) - 1;
  const evaluate: Evaluate = (frame) => frame.memberships[at]?.has(left.evaluate(frame)) ?? null;
  return withQuery({ type: BOOLEAN, evaluate, sources: left.sources }, plan, [left]);
}

/** The expression that a query makes with what stands beside it: the query is planned last. */
function withQuery(
  expression: Expression,
  plan: QueryPlan,
  beside: readonly Expression[],
): Expression {
  const step = plan.planning();
  const around = withParts(expression, beside);
  if (step === null) {
    return around;
  }
  return {
    ...around,
    fold(planning) {
      around.fold?.(planning);
      planning.planLater(step);
      return OPEN;
    },
  };
}

/** The columns of the one row of a query: `SET (a, b) = (query)`. Null without a row. */
export function columnsOfRow(scope: QueryScope, node: SyntaxNode): Expression[] {
  node.only("subLinkType", "EXPR_SUBLINK");
  const plan = scope.compilers.query(scope, node.requiredChild("subselect"));
  node.end();
  const at = addSubQuery(scope, plan, false);
  return plan.columns.map(({ type }, column) => {
    const evaluate: Evaluate = (frame) => onlyRow(subQueryAt(frame, at))?.[column] ?? null;
    return withQuery({ type, evaluate, sources: plan.uses }, plan, []);
  });
}

function onlyRow(rows: SubQuery): RowValues | null {
  rows.open();
  const row = rows.next();
  if (row !== null && rows.next() !== null) {
    const message = "more than one row returned by a subquery used as an expression";
    throw new PostgresError("21000", message);
  }
  return row;
}

function oneColumn(
  scope: QueryScope,
  node: SyntaxNode,
  query: SyntaxNode,
): [QueryPlan, Expression["type"]] {
  const plan = scope.compilers.query(scope, query);
  demandOneColumn(plan, node, "subquery must return only one column");
  settleColumns(plan);
  return [plan, plan.columns[0]?.type ?? TEXT];
}

function demandOneColumn(plan: QueryPlan, node: SyntaxNode, message: string): void {
  if (plan.columns.length !== 1) {
    throw new PostgresError("42601", message).at(node.position);
  }
}

/** The place of the query among those of its frame; one that depends on nothing is run once. */
function addSubQuery(scope: QueryScope, plan: QueryPlan, shuffles: boolean): number {
  const once = plan.uses === 0;
  return (
    scope.subQueries.queries.push((site) => {
      const stream = plan.build({ ...site, shuffles });
      return once ? new SubQueryResult(site.run, stream) : stream;
    }) - 1
  );
}

function subQueryAt(frame: Frame, at: number): SubQuery {
  const found = frame.subQueries[at];
  if (found === undefined) {
    throw new Error("a query of an expression is missing from its frame");
  }
  return found;
}
