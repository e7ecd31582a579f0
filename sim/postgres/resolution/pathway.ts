import { PG_CAST } from "../system-catalog/pg-cast-data.ts";
import { demandType, RECORD, UNKNOWN } from "../types/builtin-types.ts";
import type { SqlType } from "../types/sql-type.ts";
import { isConsistent, isPolymorphic } from "./polymorphic.ts";

/** Who asks for a type: an operand, a column that is written, a cast. Each allows more. */
export type CoercionContext = "implicit" | "assignment" | "explicit";

/** How a value becomes one of another type. */
export type Pathway =
  | { readonly kind: "relabel" }
  | { readonly kind: "function"; readonly source: string; readonly isImmutable: boolean }
  | { readonly kind: "text" }
  | { readonly kind: "array"; readonly element: Pathway };

interface Cast {
  readonly context: number;
  readonly pathway: Pathway;
}

const RANK: Readonly<Record<CoercionContext, number>> = { implicit: 0, assignment: 1, explicit: 2 };
const RELABEL: Pathway = { kind: "relabel" };
const TEXT_PATHWAY: Pathway = { kind: "text" };
const ANY = demandType("any");

const casts = new Map<SqlType, Map<SqlType, Cast>>();
for (const line of PG_CAST.trim().split("\n")) {
  const [from = "", to = "", context = "", method, volatility, source = ""] = line.split(" ");
  const source_ = demandType(from);
  const targets = casts.get(source_) ?? new Map<SqlType, Cast>();
  casts.set(source_, targets);
  const pathway: Pathway =
    method === "f"
      ? { kind: "function", source, isImmutable: volatility === "i" }
      : method === "i"
        ? TEXT_PATHWAY
        : RELABEL;
  targets.set(demandType(to), { context: "iae".indexOf(context), pathway });
}

/** find_coercion_pathway; undefined when there is none in that context. */
export function findPathway(
  from: SqlType,
  to: SqlType,
  context: CoercionContext,
): Pathway | undefined {
  if (from === to) {
    return RELABEL;
  }
  const cast = casts.get(from)?.get(to);
  if (cast !== undefined) {
    return RANK[context] >= cast.context ? cast.pathway : undefined;
  }
  if (from.element !== null && to.element !== null) {
    const element = findPathway(from.element, to.element, context);
    return element === undefined ? undefined : arrayPathway(element);
  }
  if (context !== "implicit" && to.category === "S") {
    return TEXT_PATHWAY;
  }
  return context === "explicit" && from.category === "S" ? TEXT_PATHWAY : undefined;
}

function arrayPathway(element: Pathway): Pathway {
  return element.kind === "relabel" ? RELABEL : { kind: "array", element };
}

/** The function that a cast between two types of one name calls for its length, if there is one. */
export function hasLengthFunction(type: SqlType): boolean {
  return casts.get(type)?.get(type)?.pathway.kind === "function";
}

/** can_coerce_type: whether arguments of these types can be given where those are declared. */
export function canCoerce(
  actual: readonly SqlType[],
  declared: readonly SqlType[],
  context: CoercionContext = "implicit",
): boolean {
  let hasPolymorphic = false;
  for (let at = 0; at < actual.length; at += 1) {
    const from = actual[at];
    const to = declared[at];
    if (from === undefined || to === undefined) {
      return false;
    }
    if (isPolymorphic(to)) {
      hasPolymorphic = true;
    } else if (!canCoerceOne(from, to, context)) {
      return false;
    }
  }
  return (
    !hasPolymorphic ||
    isConsistent(actual, declared, (from, to) => canCoerceOne(from, to, "implicit"))
  );
}

function canCoerceOne(from: SqlType, to: SqlType, context: CoercionContext): boolean {
  return (
    from === to ||
    to === ANY ||
    from === UNKNOWN ||
    (to === RECORD && from === RECORD) ||
    findPathway(from, to, context) !== undefined
  );
}
