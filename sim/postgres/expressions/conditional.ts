import { PostgresError } from "../ground/postgres-error.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { BOOLEAN, TEXT, UNKNOWN } from "../types/builtin-types.ts";
import type { Datum } from "../types/datum.ts";
import { valueOfConstant } from "./apply.ts";
import { coerceImplicitly, demandBoolean } from "./coercion.ts";
import { coerceToCommon, commonTypeOf, inCommonType } from "./common-type.ts";
import { constant, type Evaluate, type Expression, sourcesOf } from "./expression.ts";
import { binaryOperator } from "./operator.ts";
import type { Scope } from "./scope.ts";

type Compile = (node: SyntaxNode) => Expression;

/** Forgets the faults of constants in branches that are never reached. */
class Reach {
  readonly #scope: Scope;
  #end: number | undefined;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** Nothing that is compiled from here on will be computed. */
  endHere(): void {
    this.#end ??= this.#scope.parameters.faults;
  }

  close(): void {
    if (this.#end !== undefined) {
      this.#scope.parameters.dropFaults(this.#end);
    }
  }
}

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
  const reach = new Reach(scope);
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
    const value = valueOfConstant(demanded);
    const before = scope.parameters.faults;
    results.push(compile(result));
    // Whether a parameter lets the branch be reached shows only when it is bound.
    const isOpen = value === undefined && demanded.sources === 0;
    if (isOpen || (value !== undefined && value !== true)) {
      scope.parameters.dropFaults(before);
    }
    if (value === true) {
      reach.endHere();
    }
  }
  const otherwise =
    elseNode === undefined ? { ...constant(UNKNOWN, null), literal: null } : compile(elseNode);
  reach.close();
  const type = commonTypeOf([otherwise, ...results], "CASE");
  const coerced = [otherwise, ...results].map((one, at) =>
    coerceToCommon(scope, one, type, at === 0 ? "CASE/ELSE" : "CASE/WHEN"),
  );
  const [last, ...values] = coerced.map(({ evaluate }) => evaluate);
  const tests = conditions.map(({ evaluate }) => evaluate);
  const evaluate: Evaluate = (frame) => {
    for (let at = 0; at < tests.length; at += 1) {
      if (tests[at]?.(frame) === true) {
        return values[at]?.(frame) ?? null;
      }
    }
    return last?.(frame) ?? null;
  };
  return { type, evaluate, sources: sourcesOf([...conditions, ...coerced]) };
}

/** COALESCE: the first that is not null; those behind it are not computed. */
export function compileCoalesce(scope: Scope, node: SyntaxNode, compile: Compile): Expression {
  const reach = new Reach(scope);
  const written = node.children("args").map((one) => {
    const compiled = compile(one);
    const value = valueOfConstant(compiled);
    if (value !== undefined && value !== null) {
      reach.endHere();
    }
    return compiled;
  });
  reach.close();
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
  return { type, evaluate, sources: sourcesOf(expressions) };
}

/** GREATEST and LEAST, which pass over null. */
export function compileMinMax(scope: Scope, node: SyntaxNode, compile: Compile): Expression {
  const isGreatest = node.requiredText("op") === "IS_GREATEST";
  const written = node.children("args").map(compile);
  node.end();
  const construct = isGreatest ? "GREATEST" : "LEAST";
  const { type, expressions } = inCommonType(scope, written, construct);
  if (!type.comparable) {
    const message = `could not identify a comparison function for type ${type.name}`;
    throw new PostgresError("42883", message, { placeless: true });
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
  return { type, evaluate, sources: sourcesOf(expressions) };
}

/** IS TRUE, IS NOT FALSE, IS UNKNOWN and their kin, which are never null. */
export function compileBooleanTest(scope: Scope, node: SyntaxNode, compile: Compile): Expression {
  const kind = node.requiredText("booltesttype");
  const written = compile(node.requiredChild("arg"));
  node.end();
  const { word, wanted, negated } = testOf(kind) ?? node.refuse(kind);
  const operand = demandBoolean(scope, written, word);
  return {
    type: BOOLEAN,
    sources: operand.sources,
    evaluate: (frame) => (operand.evaluate(frame) === wanted) !== negated,
  };
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
