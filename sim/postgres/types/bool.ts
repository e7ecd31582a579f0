import { PostgresError } from "../ground/postgres-error.ts";

/** The input function of boolean: a beginning of `true`, `false`, `yes` or `no`; on, off, 1, 0. */
export function parseBoolean(text: string): boolean {
  const word = text.replaceAll(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, "").toLowerCase();
  if (word !== "" && ("true".startsWith(word) || "yes".startsWith(word))) {
    return true;
  }
  if (word !== "" && ("false".startsWith(word) || "no".startsWith(word))) {
    return false;
  }
  if (word === "on" || word === "1") {
    return true;
  }
  if (word === "of" || word === "off" || word === "0") {
    return false;
  }
  throw new PostgresError("22P02", `invalid input syntax for type boolean: "${text}"`);
}
