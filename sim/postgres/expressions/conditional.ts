import { PostgresError } from "../ground/postgres-error.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { BOOLEAN, TEXT, UNKNOWN } from "../types/builtin-types.ts";
import type { Datum } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import { coerceImplicitly, demandBoolean } from "./coercion.ts";
import { coerceToCommon, commonTypeOf, inCommonType } from "./common-type.ts";
import { constant, type Evaluate, type Expression, sourcesOf } from "./expression.ts";
import { type Fold, OPEN } from "./fold.ts";
import { foldable, foldedBy, foldOf, needFolding, valueOfConstant } from "./folding.ts";
import { binaryOperator } from "./operator.ts";
import type { Scope } from "./scope.ts";

type Compile = (node: SyntaxNode) => Expression;

/** CASE, with a value to be compared or without: the first branch that holds, and no other. */
export function compileCase(scope: Scope, node: SyntaxNode, compile: Compile): Expression {
  const testNode = node.child("arg");
  const branches = node.children("args");
  const elseNode = node.child("defresult");
  node.end();
  const written = testNode === undefined ? undefined : compile(testNode);
  const tested = written?.type === UNKNOWN ? coerceImplicitly(scope, written, TEXT) : written;
  const conditions: Expression[] = [];
  const results: Expression[] = [];
  for (const branch of branches) {
    const condition = branch.requiredChild("expr");
    const result = branch.requiredChild("result");
    branch.end();
    const compiled = compile(condition);
    const compared =
      tested === undefined
        ? compiled
        : binaryOperator({ scope, node: branch, name: "=", left: tested, right: compiled });
    const demanded = demandBoolean(scope, compared, "CASE/WHEN");
    conditions.push(demanded);
    results.push(compile(result));
  }
  const otherwise =
    elseNode === undefined ? { ...constant(UNKNOWN, null), literal: null } : compile(elseNode);
  const type = commonTypeOf([otherwise, ...results], "CASE");
  const coerced = [otherwise, ...results].map((one, at) =>
    coerceToCommon(scope, one, type, at === 0 ? "CASE/ELSE" : "CASE/WHEN"),
  );
  const parts = [...(tested === undefined ? [] : [tested]), ...conditions, ...coerced];
  const [last, ...values] = coerced.map(({ evaluate }) => evaluate);
  const [byDefault] = coerced;
  const isNeverTaken = conditions.every((one) => (valueOfConstant(one) ?? null) !== true);
  const areConstant = conditions.every((one) => valueOfConstant(one) !== undefined);
  if (byDefault !== undefined && areConstant && isNeverTaken && !needFolding(parts)) {
    return byDefault;
  }
  const tests = conditions.map(({ evaluate }) => evaluate);
  const evaluate: Evaluate = (frame) => {
    for (let at = 0; at < tests.length; at += 1) {
      if (tests[at]?.(frame) === true) {
        return values[at]?.(frame) ?? null;
      }
    }
    return last?.(frame) ?? null;
  };
  const sources = sourcesOf([...conditions, ...coerced]);
  const fold = foldCase(tested, conditions, coerced);
  return foldedBy({ type, evaluate, sources }, parts, fold);
}

/** A branch that is known not to be taken is dropped, and all behind one that is taken. */
function foldCase(
  tested: Expression | undefined,
  conditions: readonly Expression[],
  [otherwise, ...results]: readonly Expression[],
): Fold {
  const foldTested = tested === undefined ? undefined : foldOf(tested);
  const last = otherwise === undefined ? undefined : foldOf(otherwise);
  const branches = conditions.map((condition, at) => ({
    condition: foldOf(condition),
    result: foldOf(results[at] ?? condition),
  }));
  return (planning) => {
    foldTested?.(planning);
    let isOpen = false;
    for (const { condition, result } of branches) {
      const holds = condition(planning);
      if (holds !== true && holds !== OPEN) {
        continue;
      }
      const value = result(planning);
      if (holds === true) {
        return isOpen ? OPEN : value;
      }
      isOpen = true;
    }
    const value = last?.(planning) ?? null;
    return isOpen ? OPEN : value;
  };
}

/** COALESCE: the first that is not null; those behind it are not computed. */
export function compileCoalesce(scope: Scope, node: SyntaxNode, compile: Compile): Expression {
  const written = node.children("args").map(compile);
  node.end();
  const { type, expressions } = inCommonType(scope, written, "COALESCE");
  const evaluate: Evaluate = (frame) => {
    for (const one of expressions) {
      const value = one.evaluate(frame);
      if (value !== null) {
        return value;
      }
    }
    return null;
  };
  const sources = sourcesOf(expressions);
  return foldedBy({ type, evaluate, sources }, expressions, foldCoalesce(expressions));
}

/** What stands behind a known value is dropped, and what is known to be null. */
function foldCoalesce(expressions: readonly Expression[]): Fold {
  const folds = expressions.map(foldOf);
  return (planning) => {
    let isOpen = false;
    for (const fold of folds) {
      const value = fold(planning);
      if (value === OPEN) {
        isOpen = true;
      } else if (value !== null) {
        return isOpen ? OPEN : value;
      }
    }
    return isOpen ? OPEN : null;
  };
}

/** GREATEST and LEAST, which pass over null. */
export function compileMinMax(scope: Scope, node: SyntaxNode, compile: Compile): Expression {
  const isGreatest = node.requiredText("op") === "IS_GREATEST";
  const written = node.children("args").map(compile);
  node.end();
  const construct = isGreatest ? "GREATEST" : "LEAST";
  const { type, expressions } = inCommonType(scope, written, construct);
  if (!type.comparable) {
    return incomparable(type, expressions);
  }
  const evaluate: Evaluate = (frame) => {
    let best: Datum = null;
    for (const one of expressions) {
      const value = one.evaluate(frame);
      if (value === null) {
        continue;
      }
      const order = best === null ? 0 : type.compare(value, best);
      if (best === null || (isGreatest ? order > 0 : order < 0)) {
        best = value;
      }
    }
    return best;
  };
  return foldable({ type, evaluate, sources: sourcesOf(expressions) }, expressions, false);
}

/** What has no order is looked for when the statement begins. */
function incomparable(type: SqlType, expressions: readonly Expression[]): Expression {
  const message = `could not identify a comparison function for type ${type.name}`;
  const refuse = (): never => {
    throw new PostgresError("42883", message, { placeless: true });
  };
  return { type, evaluate: refuse, sources: sourcesOf(expressions), fold: refuse };
}

/** IS TRUE, IS NOT FALSE, IS UNKNOWN and their kin, which are never null. */
export function compileBooleanTest(scope: Scope, node: SyntaxNode, compile: Compile): Expression {
  const kind = node.requiredText("booltesttype");
  const written = compile(node.requiredChild("arg"));
  node.end();
  const { word, wanted, negated } = testOf(kind) ?? node.refuse(kind);
  const operand = demandBoolean(scope, written, word);
  const evaluate: Evaluate = (frame) => (operand.evaluate(frame) === wanted) !== negated;
  return foldable({ type: BOOLEAN, evaluate, sources: operand.sources }, [operand], false);
}

function testOf(kind: string) {
  const tests: ReadonlyMap<string, { word: string; wanted: boolean | null; negated: boolean }> =
    new Map([
      ["IS_TRUE", { word: "IS TRUE", wanted: true, negated: false }],
      ["IS_NOT_TRUE", { word: "IS NOT TRUE", wanted: true, negated: true }],
      ["IS_FALSE", { word: "IS FALSE", wanted: false, negated: false }],
      ["IS_NOT_FALSE", { word: "IS NOT FALSE", wanted: false, negated: true }],
      ["IS_UNKNOWN", { word: "IS UNKNOWN", wanted: null, negated: false }],
      ["IS_NOT_UNKNOWN", { word: "IS NOT UNKNOWN", wanted: null, negated: true }],
    ]);
  return tests.get(kind);
}
