import { PostgresError } from "../ground/postgres-error.ts";
import { builtinType, RECORD, UNKNOWN } from "../types/builtin-types.ts";
import type { SqlType } from "../types/sql-type.ts";
import { callable, selectCandidate } from "./candidate.ts";
import { findPathway } from "./pathway.ts";
import { type FunctionSignature, functionsNamed } from "./signatures.ts";

/** What the name of a function with arguments stands for: a function, or a cast in its form. */
export type ResolvedFunction =
  | {
      readonly kind: "function";
      readonly signature: FunctionSignature;
      /** As many as there are arguments. */
      readonly declared: readonly SqlType[];
    }
  | { readonly kind: "cast"; readonly type: SqlType };

interface Candidate {
  readonly signature: FunctionSignature;
  readonly arguments: readonly SqlType[];
  readonly isVariadic: boolean;
}

/** func_get_detail; `written` is the name for errors. @throws PostgresError 42883, 42725 */
export function resolveFunction(
  name: string,
  actual: readonly SqlType[],
  written: string,
): ResolvedFunction {
  const candidates = functionsNamed(name).flatMap((one) => candidatesOf(one, actual.length));
  const exact = candidates.find((one) => one.arguments.every((type, at) => type === actual[at]));
  if (exact !== undefined) {
    return chosen(exact);
  }
  const cast = castNamed(name, actual);
  if (cast !== undefined) {
    return { kind: "cast", type: cast };
  }
  const callables = withoutCovered(callable(candidates, actual));
  const [only, second] = callables;
  if (only === undefined) {
    throw new PostgresError("42883", `function ${shown(written, actual)} does not exist`, {
      hint: "No function matches the given name and argument types. You might need to add explicit type casts.",
    });
  }
  const best = second === undefined ? only : selectCandidate(callables, actual);
  if (best === undefined) {
    throw new PostgresError("42725", `function ${shown(written, actual)} is not unique`, {
      hint: "Could not choose a best candidate function. You might need to add explicit type casts.",
    });
  }
  return chosen(best);
}

function chosen({ signature, arguments: declared }: Candidate): ResolvedFunction {
  return { kind: "function", signature, declared };
}

/** FuncnameGetCandidates: with trailing defaults left out, and a variadic argument repeated. */
function candidatesOf(signature: FunctionSignature, count: number): Candidate[] {
  const { variadic, defaults } = signature;
  const own = signature.arguments;
  if (variadic !== null && count >= own.length) {
    const repeated = Array.from({ length: count - own.length + 1 }, () => variadic);
    return [{ signature, arguments: [...own.slice(0, -1), ...repeated], isVariadic: true }];
  }
  if (variadic === null && count <= own.length && count >= own.length - defaults) {
    return [{ signature, arguments: own.slice(0, count), isVariadic: false }];
  }
  return [];
}

/** Of two with the same arguments, one that is not variadic hides the other. */
function withoutCovered(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.filter(
    (one) =>
      !one.isVariadic ||
      !candidates.some(
        (other) =>
          !other.isVariadic && other.arguments.every((type, at) => type === one.arguments[at]),
      ),
  );
}

/** A call with one argument and the name of a type is a cast, where that would need no function. */
function castNamed(name: string, actual: readonly SqlType[]): SqlType | undefined {
  const [from, second] = actual;
  const type = builtinType(name);
  if (type === undefined || from === undefined || second !== undefined) {
    return undefined;
  }
  if (from === UNKNOWN) {
    return type;
  }
  const pathway = findPathway(from, type, "explicit");
  if (pathway?.kind === "relabel") {
    return type;
  }
  return pathway?.kind === "text" && !(from === RECORD && type.category === "S") ? type : undefined;
}

function shown(name: string, actual: readonly SqlType[]): string {
  return `${name}(${actual.map((type) => type.name).join(", ")})`;
}
