import { compileCondition } from "../expressions/compile-expression.ts";
import type { Expression } from "../expressions/expression.ts";
import { allSteps, type PlanStep } from "../expressions/fold.ts";
import { foldConditions, isKnown, valueOfConstant } from "../expressions/folding.ts";
import { allOf, type Condition } from "../operators/operator.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { findAggregate, hasQuery, isVolatile } from "./call-search.ts";
import { AROUND, type QueryScope } from "./query-scope.ts";

/**
 * One of the conditions that a query joins with AND, and its text, to be recognised in a partial
 * index.
 */
export interface Conjunct {
  readonly expression: Expression;
  readonly canonical: string;
  /** The WHERE or ON that it is part of: they are planned one by one. */
  readonly list: object;
  /** True where it may come out otherwise each time that it is computed. */
  readonly isVolatile: boolean;
  /** True where it calls an aggregate, or holds a query. */
  readonly isOfGroups: boolean;
}

/** The conditions of a WHERE or ON, split at AND. */
export function readConjuncts(
  scope: QueryScope,
  node: SyntaxNode | undefined,
  clause: string,
  list: object = {},
): Conjunct[] {
  if (node === undefined) {
    return [];
  }
  if (node.kind === "BoolExpr" && node.reopen().text("boolop") === "AND_EXPR") {
    return node.children("args").flatMap((operand) => readConjuncts(scope, operand, "AND", list));
  }
  const expression = compileCondition(scope, node, clause);
  const changes = isVolatile(node);
  const isOfGroups = hasQuery(node) || findAggregate(node) !== undefined;
  // Rows are compared pair by pair, and a pair may be known to be unequal.
  if (expression.conjuncts?.some(isKnown) === true) {
    return expression.conjuncts.map((one) => ({
      expression: one,
      list,
      canonical: "",
      isVolatile: changes,
      isOfGroups,
    }));
  }
  return [{ expression, list, canonical: node.canonical(), isVolatile: changes, isOfGroups }];
}

const EQUATION = '{"A_Expr":{"kind":"AEXPR_OP","name":[{"String":{"sval":"="}}]';

/** True for `a = b`, also where the two have to be cast to be compared. */
export function isEquation({ canonical, expression }: Conjunct): boolean {
  const { matches } = expression;
  return canonical.startsWith(EQUATION) || matches?.every(({ kind }) => kind === "one") === true;
}

/** What is planned of conditions: of each WHERE and ON, up to one that is known to be false. */
export function foldConjuncts(conjuncts: readonly Conjunct[]): PlanStep | null {
  const lists = new Set(conjuncts.map(({ list }) => list));
  return allSteps(
    [...lists].map((list) =>
      foldConditions(
        conjuncts.filter((one) => one.list === list).map(({ expression }) => expression),
      ),
    ),
  );
}

/** True for a condition that is known not to hold. */
export function isShut({ expression }: Conjunct): boolean {
  const value = valueOfConstant(expression);
  return value !== undefined && value !== true;
}

/** True for a condition that looks at no row: where it does not hold, nothing is run. */
export function isGate({ expression, isVolatile: changes }: Conjunct): boolean {
  return isKnown(expression) || (!changes && (expression.sources & ~AROUND) === 0);
}

/** All of the conditions as one. */
export function conditionOf(conjuncts: readonly Conjunct[]): Condition {
  return allOf(conjuncts.map(({ expression }) => expression.evaluate));
}
