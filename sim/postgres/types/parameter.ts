import { BIGINT, INTEGER } from "./builtin-types.ts";
import type { Datum } from "./datum.ts";
import type { SqlType } from "./sql-type.ts";

/** A parameter as a service hands it to the `pg` client. */
export type Parameter = string | number | bigint | boolean | null | readonly Parameter[];

/**
 * Reads a parameter as the type that the statement gave it. The `pg` client sends every parameter
 * as text, so this is its text and then the type's input function, with that function's errors
 * (22P02, 22003).
 */
export function readParameter(type: SqlType, parameter: Parameter): Datum {
  switch (typeof parameter) {
    case "string":
      return type.input(parameter, -1);
    case "number":
      // A whole number that fits needs no way through its digits.
      return isExactly(type, parameter) ? parameter : type.input(String(parameter), -1);
    case "object":
      return parameter === null ? null : readArray(type, parameter);
    default:
      return type.input(String(parameter), -1);
  }
}

function isExactly(type: SqlType, value: number): boolean {
  // Minus zero has a text of its own.
  return type === BIGINT ? Number.isSafeInteger(value) : type === INTEGER && (value | 0) === value;
}

function readArray(type: SqlType, array: readonly Parameter[]): Datum {
  const { element } = type;
  if (element === null || array.some((item) => typeof item === "object")) {
    return type.input(arrayText(array), -1);
  }
  return array.map((item) => readParameter(element, item));
}

/** As `arrayString` of the `pg` client has it. */
function arrayText(array: readonly Parameter[]): string {
  const shown = array.map((item) => {
    if (item === null) {
      return "NULL";
    }
    return typeof item === "object" ? arrayText(item) : quoted(String(item));
  });
  return `{${shown.join(",")}}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
