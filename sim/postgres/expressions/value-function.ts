import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { demandType } from "../types/builtin-types.ts";
import { applyFunction } from "./apply.ts";
import { castTo } from "./coercion.ts";
import type { Expression } from "./expression.ts";
import { resolveCall } from "./function-call.ts";
import type { Scope } from "./scope.ts";

/** The functions of the standard that are called without brackets, by what they are cast to. */
const CURRENT_TIMES: ReadonlyMap<string, string> = new Map([
  ["SVFOP_CURRENT_TIMESTAMP", "timestamptz"],
  ["SVFOP_CURRENT_TIMESTAMP_N", "timestamptz"],
  ["SVFOP_CURRENT_DATE", "date"],
  ["SVFOP_LOCALTIMESTAMP", "timestamp"],
  ["SVFOP_LOCALTIMESTAMP_N", "timestamp"],
  ["SVFOP_LOCALTIME", "time"],
  ["SVFOP_LOCALTIME_N", "time"],
]);

/** CURRENT_TIMESTAMP and its kin: now() as another type, with as many digits as were asked for. */
export function compileValueFunction(scope: Scope, node: SyntaxNode): Expression {
  const kind = node.requiredText("op");
  node.only("typmod", -1, 0, 1, 2, 3, 4, 5, 6);
  const typmod = kind.endsWith("_N") ? node.number("typmod") : -1;
  node.end();
  const type = CURRENT_TIMES.get(kind) ?? node.refuse(kind);
  const resolved = resolveCall(scope, node, "now", []);
  if (!("signature" in resolved)) {
    return node.refuse(kind);
  }
  const now = applyFunction(resolved, [], node);
  return castTo(scope, now, { type: demandType(type), typmod }, node);
}
