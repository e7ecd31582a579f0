import { compileCondition } from "../expressions/compile-expression.ts";
import type { Expression } from "../expressions/expression.ts";
import type { PlanStep } from "../expressions/fold.ts";
import { foldConditions, isKnown } from "../expressions/folding.ts";
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
): Conjunct[] {
  if (node === undefined) {
    return [];
  }
  if (node.kind === "BoolExpr" && node.reopen().text("boolop") === "AND_EXPR") {
    return node.children("args").flatMap((operand) => readConjuncts(scope, operand, "AND"));
  }
  const expression = compileCondition(scope, node, clause);
  const changes = isVolatile(node);
  const isOfGroups = hasQuery(node) || findAggregate(node) !== undefined;
  // Rows are compared pair by pair, and a pair may be known to be unequal.
  if (expression.conjuncts?.some(isKnown) === true) {
    return expression.conjuncts.map((one) => ({
      expression: one,
      canonical: "",
      isVolatile: changes,
      isOfGroups,
    }));
  }
  return [{ expression, canonical: node.canonical(), isVolatile: changes, isOfGroups }];
}

const EQUATION = '{"A_Expr":{"kind":"AEXPR_OP","name":[{"String":{"sval":"="}}]';

/** True for `a = b`, also where the two have to be cast to be compared. */
export function isEquation({ canonical, expression }: Conjunct): boolean {
  const { matches } = expression;
  return canonical.startsWith(EQUATION) || matches?.every(({ kind }) => kind === "one") === true;
}

/** What is planned of conditions that are joined by AND. */
export function foldConjuncts(conjuncts: readonly Conjunct[]): PlanStep | null {
  return foldConditions(conjuncts.map(({ expression }) => expression));
}

/** True for a condition that looks at no row: where it does not hold, nothing is run. */
export function isGate({ expression, isVolatile: changes }: Conjunct): boolean {
  return isKnown(expression) || (!changes && (expression.sources & ~AROUND) === 0);
}

/** All of the conditions as one. */
export function conditionOf(conjuncts: readonly Conjunct[]): Condition {
  return allOf(conjuncts.map(({ expression }) => expression.evaluate));
}
