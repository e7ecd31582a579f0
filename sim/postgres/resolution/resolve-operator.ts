import { PostgresError } from "../ground/postgres-error.ts";
import { UNKNOWN } from "../types/builtin-types.ts";
import type { SqlType } from "../types/sql-type.ts";
import { callable, selectCandidate } from "./candidate.ts";
import { operatorsNamed, type Signature } from "./signatures.ts";

/** oper: the binary operator for operands of these types. @throws PostgresError 42883, 42725 */
export function resolveOperator(name: string, left: SqlType, right: SqlType): Signature {
  const candidates = operatorsNamed(name).filter((one) => one.arguments.length === 2);
  const assumedLeft = left === UNKNOWN ? right : left;
  const assumedRight = right === UNKNOWN ? left : right;
  const exact = candidates.find(({ arguments: [a, b] }) => a === assumedLeft && b === assumedRight);
  return exact ?? choose(name, candidates, [left, right]);
}

/**
 * left_oper: the prefix operator for an operand of this type. @throws PostgresError 42883, 42725
 */
export function resolvePrefixOperator(name: string, operand: SqlType): Signature {
  const candidates = operatorsNamed(name).filter((one) => one.arguments.length === 1);
  const exact = candidates.find(({ arguments: [own] }) => own === operand);
  return exact ?? choose(name, candidates, [operand]);
}

function choose(
  name: string,
  candidates: readonly Signature[],
  actual: readonly SqlType[],
): Signature {
  const callables = callable(candidates, actual);
  const [only, second] = callables;
  if (only === undefined) {
    throw missingOperator(name, actual);
  }
  const chosen = second === undefined ? only : selectCandidate(callables, actual);
  if (chosen !== undefined) {
    return chosen;
  }
  throw new PostgresError("42725", `operator is not unique: ${shown(name, actual)}`, {
    hint: "Could not choose a best candidate operator. You might need to add explicit type casts.",
  });
}

/** 42883, of an operator. */
function missingOperator(name: string, actual: readonly SqlType[]): PostgresError {
  const hint =
    actual.length === 1
      ? "No operator matches the given name and argument type. You might need to add an explicit type cast."
      : "No operator matches the given name and argument types. You might need to add explicit type casts.";
  return new PostgresError("42883", `operator does not exist: ${shown(name, actual)}`, { hint });
}

function shown(name: string, actual: readonly SqlType[]): string {
  const [first, second] = actual.map((type) => type.name);
  return second === undefined ? `${name} ${first}` : `${first} ${name} ${second}`;
}
