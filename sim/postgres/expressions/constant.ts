import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { BIGINT, BOOLEAN, INTEGER, NUMERIC, UNKNOWN } from "../types/builtin-types.ts";
import { parseNumeric } from "../types/numeric.ts";
import { canonical } from "../types/whole.ts";
import { constant, type Expression } from "./expression.ts";

/** make_const: what is written as it stands. A number is of the smallest type that holds it. */
export function compileConstant(node: SyntaxNode): Expression {
  const isNull = node.flag("isnull");
  const whole = node.part("ival");
  const decimal = node.part("fval");
  const text = node.part("sval");
  const truth = node.part("boolval");
  node.end();
  if (isNull) {
    return { ...constant(UNKNOWN, null), literal: null };
  }
  if (whole !== undefined) {
    return constant(INTEGER, whole.number("ival"));
  }
  if (decimal !== undefined) {
    return numberOf(decimal.text("fval") ?? "");
  }
  if (truth !== undefined) {
    return constant(BOOLEAN, truth.flag("boolval"));
  }
  if (text === undefined) {
    return node.refuse("this constant");
  }
  const literal = text.text("sval") ?? "";
  return { ...constant(UNKNOWN, literal), literal };
}

/** What is too large for the grammar's integer, or has a point or an exponent. */
function numberOf(digits: string): Expression {
  if (!/^-?[0-9]+$/.test(digits)) {
    return constant(NUMERIC, parseNumeric(digits));
  }
  const value = BigInt(digits);
  if (BigInt.asIntN(64, value) !== value) {
    return constant(NUMERIC, parseNumeric(digits));
  }
  const type = BigInt.asIntN(32, value) === value ? INTEGER : BIGINT;
  return constant(type, canonical(value));
}
