import type { FoundBreach } from "../runs/judge.ts";
import type { Happening, Outcome } from "../runs/run-plan.ts";

/** A breach with the name of the promise that it breaks. */
export interface NamedBreach extends FoundBreach {
  readonly promise: string;
}

/** Found at one place, of one promise: more say no more. */
const TOLD_MAX = 3;

/**
 * What is missing comes before what waits for it: an event that is not on its topic before the
 * verdict that did not come, and what never ended last.
 */
const FIRST_AT_END = "published";
const LAST_AT_END = "ends";

/** The breaches that only the end showed, nearest the cause first. */
export function foundAtEnd(outcome: Outcome): readonly NamedBreach[] {
  const found = breachesOf(outcome, (seenAt) => seenAt === null);
  const rank = ({ promise }: NamedBreach) =>
    promise === FIRST_AT_END ? 0 : promise === LAST_AT_END ? 2 : 1;
  return found.toSorted((left, right) => rank(left) - rank(right));
}

/** The breaches that an event showed. */
export function foundAt(outcome: Outcome, event: Happening): readonly NamedBreach[] {
  return breachesOf(outcome, (seenAt) => seenAt === event);
}

/** The promises that a run broke, the one nearest the cause first, each with its first breach. */
export function nearestCauseFirst(outcome: Outcome): readonly NamedBreach[] {
  const seen = breachesOf(outcome, (seenAt) => seenAt !== null).toSorted(
    (left, right) => (left.seenAt?.atMs ?? 0) - (right.seenAt?.atMs ?? 0),
  );
  const firsts = new Map<string, NamedBreach>();
  for (const breach of [...seen, ...foundAtEnd(outcome)]) {
    firsts.set(breach.promise, firsts.get(breach.promise) ?? breach);
  }
  return [...firsts.values()];
}

function breachesOf(
  { judgements }: Outcome,
  takes: (seenAt: FoundBreach["seenAt"]) => boolean,
): readonly NamedBreach[] {
  return judgements.flatMap(({ promise, breaches }) =>
    breaches
      .filter(({ seenAt }) => takes(seenAt))
      .slice(0, TOLD_MAX)
      .map((breach) => ({ ...breach, promise })),
  );
}
