import { compileCondition } from "../expressions/compile-expression.ts";
import type { Expression } from "../expressions/expression.ts";
import { allOf, type Condition } from "../operators/operator.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { QueryScope } from "./query-scope.ts";

/**
 * One of the conditions that a query joins with AND, and its text, to be recognised in a partial
 * index.
 */
export interface Conjunct {
  readonly expression: Expression;
  readonly canonical: string;
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
  return [{ expression: compileCondition(scope, node, clause), canonical: node.canonical() }];
}

const EQUATION = '{"A_Expr":{"kind":"AEXPR_OP","name":[{"String":{"sval":"="}}]';

/** True for `a = b`, also where the two have to be cast to be compared. */
export function isEquation({ canonical, expression }: Conjunct): boolean {
  return canonical.startsWith(EQUATION) || expression.matches !== undefined;
}

/** All of the conditions as one. */
export function conditionOf(conjuncts: readonly Conjunct[]): Condition {
  return allOf(conjuncts.map(({ expression }) => expression.evaluate));
}
