import { PG_FUNCTION_NAMES } from "../system-catalog/pg-function-name-data.ts";
import { PG_OPERATOR } from "../system-catalog/pg-operator-data.ts";
import { PG_PROC } from "../system-catalog/pg-proc-data.ts";
import { demandType } from "../types/builtin-types.ts";
import type { SqlType } from "../types/sql-type.ts";

/** What can be chosen by the types of its arguments. */
export interface Signature {
  readonly name: string;
  readonly arguments: readonly SqlType[];
  readonly result: SqlType;
  /** False where it is called even with null among its arguments. */
  readonly strict: boolean;
  /** True where equal arguments always give an equal value. */
  readonly isImmutable: boolean;
  /** By what its implementation is found. */
  readonly source: string;
}

/** A function, an aggregate or a window function of pg_proc. */
export interface FunctionSignature extends Signature {
  readonly kind: "function" | "aggregate" | "window";
  readonly isSet: boolean;
  readonly isVolatile: boolean;
  /** The type of each further argument, which is an element of the last one; null without. */
  readonly variadic: SqlType | null;
  /** How many of the last arguments may be left out. */
  readonly defaults: number;
}

const KINDS = { f: "function", a: "aggregate", w: "window" } as const;

let operators: ReadonlyMap<string, readonly Signature[]> | undefined;
let functions: ReadonlyMap<string, readonly FunctionSignature[]> | undefined;
let otherNames: ReadonlySet<string> | undefined;

/** The operators of that name; prefix operators have one argument. */
export function operatorsNamed(name: string): readonly Signature[] {
  operators ??= grouped(PG_OPERATOR, readOperator);
  return operators.get(name) ?? [];
}

/** The functions of that name of which the types are known. */
export function functionsNamed(name: string): readonly FunctionSignature[] {
  functions ??= grouped(PG_PROC, readFunction);
  return functions.get(name) ?? [];
}

/** True for a function that PostgreSQL has and that is known by its name only. */
export function isOtherFunction(name: string): boolean {
  otherNames ??= new Set(PG_FUNCTION_NAMES.split(/\s+/));
  return name !== "" && otherNames.has(name);
}

/** Every operator and function, for the documentation. */
export function allSignatures(): {
  readonly operators: readonly Signature[];
  readonly functions: readonly FunctionSignature[];
} {
  operators ??= grouped(PG_OPERATOR, readOperator);
  functions ??= grouped(PG_PROC, readFunction);
  return { operators: [...operators.values()].flat(), functions: [...functions.values()].flat() };
}

function grouped<One extends Signature>(
  data: string,
  read: (words: readonly string[]) => One,
): Map<string, One[]> {
  const groups = new Map<string, One[]>();
  for (const line of data.trim().split("\n")) {
    const one = read(line.split(" "));
    const group = groups.get(one.name);
    if (group === undefined) {
      groups.set(one.name, [one]);
    } else {
      group.push(one);
    }
  }
  return groups;
}

function readOperator(words: readonly string[]): Signature {
  const [name = "", left = "-", right = "", result = "", strict, volatility, source = ""] = words;
  const operands = left === "-" ? [right] : [left, right];
  return {
    name,
    arguments: operands.map(demandType),
    result: demandType(result),
    strict: strict === "t",
    isImmutable: volatility === "i",
    source,
  };
}

function readFunction(words: readonly string[]): FunctionSignature {
  const [
    name = "",
    kind,
    strict,
    set,
    volatility,
    variadic,
    defaults,
    result = "",
    list = "",
    source = "",
  ] = words;
  return {
    name,
    kind: kind === "a" || kind === "w" ? KINDS[kind] : KINDS.f,
    arguments: list === "-" ? [] : list.split(",").map(demandType),
    result: demandType(result),
    strict: strict === "t",
    isSet: set === "t",
    isVolatile: volatility === "v",
    isImmutable: volatility === "i",
    variadic: variadic === undefined || variadic === "-" ? null : demandType(variadic),
    defaults: Number(defaults),
    source,
  };
}
