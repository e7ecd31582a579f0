import { UNKNOWN } from "../types/builtin-types.ts";
import type { SqlType } from "../types/sql-type.ts";
import { canCoerce } from "./pathway.ts";

/** What is chosen among: anything with declared arguments. */
interface Candidate {
  readonly arguments: readonly SqlType[];
}

/** func_match_argtypes: those that can be called with arguments of these types. */
export function callable<One extends Candidate>(
  candidates: readonly One[],
  actual: readonly SqlType[],
): readonly One[] {
  return candidates.filter(
    (one) => one.arguments.length === actual.length && canCoerce(actual, one.arguments),
  );
}

/**
 * func_select_candidate: the one that fits best, or undefined when none is better than the rest.
 */
export function selectCandidate<One extends Candidate>(
  callables: readonly One[],
  actual: readonly SqlType[],
): One | undefined {
  let left = bestBy(callables, (one) => exactMatches(one, actual));
  if (left.length === 1) {
    return left[0];
  }
  left = bestBy(left, (one) => exactOrPreferred(one, actual));
  if (left.length === 1) {
    return left[0];
  }
  if (!actual.includes(UNKNOWN)) {
    return undefined;
  }
  left = byCategory(left, actual);
  return left.length === 1 ? left[0] : byTheKnownType(left, actual);
}

function bestBy<One>(candidates: readonly One[], count: (one: One) => number): readonly One[] {
  const counts = candidates.map(count);
  const best = Math.max(...counts);
  return candidates.filter((_, at) => counts[at] === best);
}

function exactMatches(one: Candidate, actual: readonly SqlType[]): number {
  return actual.filter((type, at) => type !== UNKNOWN && type === one.arguments[at]).length;
}

function exactOrPreferred(one: Candidate, actual: readonly SqlType[]): number {
  return actual.filter((type, at) => {
    const declared = one.arguments[at];
    return (
      type !== UNKNOWN &&
      declared !== undefined &&
      (type === declared || (declared.preferred && declared.category === type.category))
    );
  }).length;
}

/** The category that an unknown argument is taken for: strings where any candidate has one. */
function byCategory<One extends Candidate>(
  candidates: readonly One[],
  actual: readonly SqlType[],
): readonly One[] {
  let left = candidates;
  const slots: { readonly at: number; readonly category: string; readonly preferred: boolean }[] =
    [];
  for (const [at, type] of actual.entries()) {
    if (type !== UNKNOWN) {
      continue;
    }
    const declared = candidates.flatMap((one) => one.arguments[at] ?? []);
    const categories = new Set(declared.map(({ category }) => category));
    const [first = ""] = categories;
    const category = categories.has("S") ? "S" : first;
    if (categories.size > 1 && category !== "S") {
      return candidates;
    }
    const ofCategory = declared.filter((one) => one.category === category);
    slots.push({ at, category, preferred: ofCategory.some((one) => one.preferred) });
  }
  left = candidates.filter((one) =>
    slots.every(({ at, category, preferred }) => {
      const declared = one.arguments[at];
      return declared?.category === category && (!preferred || declared.preferred);
    }),
  );
  return left.length === 0 ? candidates : left;
}

/** Where all known arguments have one type, the unknown ones are taken for it. */
function byTheKnownType<One extends Candidate>(
  candidates: readonly One[],
  actual: readonly SqlType[],
): One | undefined {
  const known = new Set(actual.filter((type) => type !== UNKNOWN));
  const [type, second] = known;
  if (type === undefined || second !== undefined) {
    return undefined;
  }
  const all = actual.map(() => type);
  const [one, other] = candidates.filter((candidate) => canCoerce(all, candidate.arguments));
  return other === undefined ? one : undefined;
}
