import { NotSimulated } from "../../kernel/not-simulated.ts";
import {
  elementTypeOf,
  isInRange,
  isWhole,
  parseSqlText,
  type SqlType,
  type Datum,
} from "./sql-type.ts";

/** A parameter as a service hands it to the `pg` client. */
export type Parameter = string | number | bigint | boolean | null | readonly Parameter[];

/**
 * Reads a parameter as the type that the statement gave it. The `pg` client sends every parameter
 * as text, so this is its text and then the type's input function, with that function's errors
 * (22P02, 22003).
 */
export function readParameter(type: SqlType, parameter: Parameter): Datum {
  if (parameter === null) {
    return null;
  }
  // A whole number that fits needs no way through its digits.
  if (isWhole(type)) {
    const whole = wholeNumber(parameter);
    if (whole !== undefined && isInRange(type, whole)) {
      return whole;
    }
  }
  const elementType = elementTypeOf(type);
  if (typeof parameter === "object") {
    if (elementType === undefined) {
      throw new NotSimulated(`an array as a parameter of type ${type}`, JSON.stringify(parameter));
    }
    return parameter.map((element) => readParameter(elementType, element));
  }
  if (elementType !== undefined) {
    throw new NotSimulated(`an array literal as text, of type ${type}`, String(parameter));
  }
  return parseSqlText(type, String(parameter));
}

function wholeNumber(parameter: Parameter): bigint | undefined {
  if (typeof parameter === "bigint") {
    return parameter;
  }
  if (typeof parameter !== "number" || !Number.isSafeInteger(parameter)) {
    return undefined;
  }
  return BigInt(parameter);
}
