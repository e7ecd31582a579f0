import { SET_FUNCTIONS } from "../functions/set-functions.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { Datum, Value } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import { compileExpression } from "./compile-expression.ts";
import { type Expression, sourcesOf } from "./expression.ts";
import type { Frame } from "./frame.ts";
import { functionKind, functionName, resolveCall } from "./function-call.ts";
import type { Scope } from "./scope.ts";

/** A call that gives a set of values for one row. */
export interface SetCall {
  readonly name: string;
  readonly type: SqlType;
  /** The tables whose rows its arguments read, as bits. */
  readonly sources: number;
  readonly operands: readonly Expression[];
  values(frame: Frame): Iterable<Datum>;
}

/** Compiles a call of a function that gives a set; one that is not simulated is refused. */
export function compileSetCall(scope: Scope, node: SyntaxNode): SetCall {
  const name = functionName(node);
  const argumentNodes = node.children("args");
  node.only("funcformat", "COERCE_EXPLICIT_CALL");
  node.end();
  const written = argumentNodes.map((one) => compileExpression(scope, one));
  return setCallOf(scope, node, name, written);
}

/**
 * The calls of a function in FROM: of one that gives a set, or of any other, which gives one row.
 * unnest over several arrays is one call for each, side by side.
 */
export function compileTableFunction(scope: Scope, node: SyntaxNode): SetCall[] {
  const { position } = node;
  try {
    return compileFunctionInFrom(scope, node);
  } catch (error) {
    throw error instanceof PostgresError ? error.at(position) : error;
  }
}

function compileFunctionInFrom(scope: Scope, node: SyntaxNode): SetCall[] {
  if (node.kind !== "FuncCall") {
    return [asSet(compileExpression(scope, node), "?column?")];
  }
  const name = functionName(node.reopen());
  if (functionKind(name) !== "set") {
    return [asSet(compileExpression(scope, node), name)];
  }
  if (name === "unnest" && node.reopen().children("args").length > 1) {
    node.names("funcname");
    node.only("funcformat", "COERCE_EXPLICIT_CALL");
    const arrays = node.children("args");
    node.end();
    return arrays.map((one) => setCallOf(scope, node, name, [compileExpression(scope, one)]));
  }
  return [compileSetCall(scope, node)];
}

function setCallOf(
  scope: Scope,
  node: SyntaxNode,
  name: string,
  written: readonly Expression[],
): SetCall {
  const resolved = resolveCall(scope, node, name, written);
  const define = "signature" in resolved ? SET_FUNCTIONS.get(resolved.source) : undefined;
  if (!("signature" in resolved) || define === undefined) {
    return node.refuse("shown" in resolved ? resolved.shown : `function ${name}`);
  }
  const compute = define(resolved);
  const { operands, result } = resolved;
  return {
    name,
    type: result,
    sources: sourcesOf(operands),
    operands,
    values(frame) {
      const values: Value[] = [];
      for (const operand of operands) {
        const value = operand.evaluate(frame);
        if (value === null) {
          return NOTHING;
        }
        values.push(value);
      }
      return compute(...values);
    },
  };
}

const NOTHING: readonly Datum[] = [];

function asSet(expression: Expression, name: string): SetCall {
  const { type, evaluate, sources } = expression;
  return { name, type, sources, operands: [expression], values: (frame) => [evaluate(frame)] };
}
