import { PostgresError } from "../ground/postgres-error.ts";
import { resolveTypes } from "../resolution/polymorphic.ts";
import { type ResolvedFunction, resolveFunction } from "../resolution/resolve-function.ts";
import {
  type FunctionSignature,
  functionsNamed,
  isOtherFunction,
} from "../resolution/signatures.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { BOOLEAN, demandType, UNKNOWN } from "../types/builtin-types.ts";
import type { SqlType } from "../types/sql-type.ts";
import { applyFunction, type Call } from "./apply.ts";
import { castTo, coerceImplicitly } from "./coercion.ts";
import { canBecome } from "./common-type.ts";
import { constant, type Expression } from "./expression.ts";
import type { Scope } from "./scope.ts";

const ANY = demandType("any");

/** The names of arguments, of the functions that are called by them. */
const PARAMETER_NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ["make_interval", ["years", "months", "weeks", "days", "hours", "mins", "secs"]],
  ["make_date", ["year", "month", "day"]],
  ["make_time", ["hour", "min", "sec"]],
  ["make_timestamp", ["year", "month", "mday", "hour", "min", "sec"]],
  ["make_timestamptz", ["year", "month", "mday", "hour", "min", "sec"]],
  ["jsonb_set", ["jsonb_in", "path", "replacement", "create_if_missing"]],
  ["jsonb_insert", ["jsonb_in", "path", "replacement", "insert_after"]],
]);

/** What kind of function a name stands for. */
export type FunctionKind = "function" | "set" | "aggregate" | "window";

/** The kind of the functions of that name; undefined for a name of none whose types are known. */
export function functionKind(name: string): FunctionKind | undefined {
  const [first] = functionsNamed(name);
  if (first === undefined) {
    return undefined;
  }
  if (functionsNamed(name).some(({ kind }) => kind === "aggregate")) {
    return "aggregate";
  }
  return first.isSet ? "set" : first.kind;
}

/** A call with its function chosen, and its arguments as the function takes them. */
export interface ResolvedCall extends Call {
  readonly signature: FunctionSignature;
  readonly operands: readonly Expression[];
}

/** The name of a function, `pg_catalog` left out; another schema is refused. */
export function functionName(node: SyntaxNode): string {
  const names = node.names("funcname");
  const [first = "", second, third] = names;
  if (second === undefined) {
    return first;
  }
  return third === undefined && first === "pg_catalog"
    ? second
    : node.refuse(`function ${names.join(".")}`);
}

/** A call of a function that gives one value for one row: ParseFuncOrColumn. */
export function compileFunctionCall(
  scope: Scope,
  node: SyntaxNode,
  compile: (node: SyntaxNode) => Expression,
): Expression {
  const name = functionName(node);
  const argumentNodes = node.children("args");
  node.only("funcformat", "COERCE_EXPLICIT_CALL", "COERCE_SQL_SYNTAX");
  const isVariadic = node.flag("func_variadic");
  refuseAggregateParts(node, name);
  node.end();
  if (isVariadic) {
    return node.refuse("VARIADIC");
  }
  const written = argumentNodes.some(({ kind }) => kind === "NamedArgExpr")
    ? compileNamedArguments(node, name, argumentNodes, compile)
    : argumentNodes.map(compile);
  const resolved = resolveNamed(argumentNodes, written, name, () =>
    resolveCall(scope, node, name, written),
  );
  return "signature" in resolved
    ? applyFunction(resolved, resolved.operands, node)
    : castTo(
        scope,
        written[0] ?? constant(UNKNOWN, null),
        { type: resolved.type, typmod: -1 },
        node,
      );
}

/** A function that is not found is told of with the names of arguments that were written. */
function resolveNamed<Resolved>(
  nodes: readonly SyntaxNode[],
  written: readonly Expression[],
  name: string,
  resolve: () => Resolved,
): Resolved {
  try {
    return resolve();
  } catch (error) {
    const names = PARAMETER_NAMES.get(name);
    if (!(error instanceof PostgresError) || error.code !== "42883" || names === undefined) {
      throw error;
    }
    const shown = nodes.map((node, at) => {
      const given = node.kind === "NamedArgExpr" ? node.reopen().requiredText("name") : undefined;
      const type = written[given === undefined ? at : names.indexOf(given)]?.type.name ?? "unknown";
      return given === undefined ? type : `${given} => ${type}`;
    });
    const message = `function ${name}(${shown.join(", ")}) does not exist`;
    throw new PostgresError(error.code, message, { hint: error.hint ?? "" });
  }
}

/** The arguments in their places; those that were left out have their defaults. */
function compileNamedArguments(
  node: SyntaxNode,
  name: string,
  nodes: readonly SyntaxNode[],
  compile: (node: SyntaxNode) => Expression,
): Expression[] {
  const names = PARAMETER_NAMES.get(name) ?? node.refuse(`${name}() with named arguments`);
  const [signature] = functionsNamed(name).filter((one) => one.arguments.length === names.length);
  if (signature === undefined) {
    return node.refuse(`${name}() with named arguments`);
  }
  const places: (Expression | undefined)[] = names.map(() => undefined);
  for (const [at, one] of nodes.entries()) {
    const given = one.kind === "NamedArgExpr" ? one.requiredText("name") : names[at];
    const place = given === undefined ? -1 : names.indexOf(given);
    const value = one.kind === "NamedArgExpr" ? one.requiredChild("arg") : one;
    if (one.kind === "NamedArgExpr") {
      one.only("argnumber", -1);
      one.end();
    }
    if (place < 0 || places[place] !== undefined) {
      return node.refuse(`these names of the arguments of ${name}()`);
    }
    places[place] = compile(value);
  }
  const defaults = defaultsOf(signature, 0);
  const required = names.length - signature.defaults;
  return places.map((one, at) => {
    const byDefault = at < required ? undefined : defaults[at];
    return one ?? byDefault ?? node.refuse(`${name}() without all its arguments`);
  });
}

/** What only an aggregate may have behind its name. @throws PostgresError 42809 */
function refuseAggregateParts(node: SyntaxNode, name: string): void {
  const is = (feature: string): never => {
    throw new PostgresError(
      "42809",
      `${feature} specified, but ${name} is not an aggregate function`,
    );
  };
  if (node.flag("agg_star")) {
    throw new PostgresError(
      "42809",
      `${name}(*) specified, but ${name} is not an aggregate function`,
    );
  }
  if (node.flag("agg_distinct")) {
    is("DISTINCT");
  }
  if (node.children("agg_order").length > 0) {
    is("ORDER BY");
  }
  if (node.child("agg_filter") !== undefined) {
    is("FILTER");
  }
  if (node.part("over") !== undefined) {
    const message = `OVER specified, but ${name} is not a window function nor an aggregate function`;
    throw new PostgresError("42809", message);
  }
}

/**
 * The function for these arguments, or the cast that the call is in truth.
 *
 * @throws PostgresError 42883, 42725, 42804; NotSimulated for a function that is known by name only
 */
export function resolveCall(
  scope: Scope,
  node: SyntaxNode,
  name: string,
  written: readonly Expression[],
): ResolvedCall | { readonly kind: "cast"; readonly type: SqlType } {
  const actual = written.map(({ type }) => type);
  if (functionsNamed(name).length === 0 && isOtherFunction(name)) {
    return node.refuse(`function ${name}`);
  }
  const resolved: ResolvedFunction = resolveFunction(name, actual, shownName(node, name));
  if (resolved.kind === "cast") {
    return resolved;
  }
  const { signature, declared } = resolved;
  const types = resolveTypes(actual, declared, signature.result, canBecome);
  const given = written.map((one, at) => argumentOf(scope, one, types.arguments[at] ?? one.type));
  const operands = [...given, ...defaultsOf(signature, given.length)];
  return {
    signature,
    operands,
    source: signature.source,
    strict: signature.strict,
    isImmutable: signature.isImmutable,
    arguments: operands.map(({ type }) => type),
    result: types.result,
    shown: `function ${name}(${operands.map(({ type }) => type.name).join(", ")})`,
  };
}

/**
 * With its schema, where that was written: the grammar writes it for what has a syntax of its own.
 */
function shownName(node: SyntaxNode, name: string): string {
  const isQualified = node.kind === "FuncCall" && node.reopen().children("funcname").length > 1;
  return isQualified ? `pg_catalog.${name}` : name;
}

/** An argument of any type stays as it is, even of unknown type. */
function argumentOf(scope: Scope, written: Expression, type: SqlType): Expression {
  return type === ANY ? written : coerceImplicitly(scope, written, type);
}

/** The values of arguments that were left out, of the functions that have such. */
function defaultsOf(signature: FunctionSignature, given: number): Expression[] {
  return signature.arguments.slice(given).map((type) => {
    if (signature.name === "jsonb_set") {
      return constant(BOOLEAN, true);
    }
    if (type === BOOLEAN) {
      return constant(BOOLEAN, false);
    }
    return constant(type, type.category === "N" ? 0 : null);
  });
}
