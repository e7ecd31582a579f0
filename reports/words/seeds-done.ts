import type { Evidence } from "../evidence/evidence.ts";
import { seedsAsked } from "../evidence/seeds-asked.ts";
import { groupedNumber } from "./number-words.ts";

/**
 * The seeds that were run, in words: `seeds 1 to 400`, `seed 7`, `no seed`, or how many of them
 * where it was not all.
 */
export function seedsDone(evidence: Pick<Evidence, "seeds" | "shard">): string {
  const { completed } = evidence.seeds;
  const asked = seedsAsked(evidence);
  if (completed === asked) {
    return seedsInWords(evidence);
  }
  const done = completed === 0 ? "none" : groupedNumber(completed);
  return `${done} of ${groupedNumber(asked)} (${seedsInWords(evidence)})`;
}

/** The seeds that were asked for: `seeds 1 to 400, shard 2/8`. */
export function seedsInWords({ seeds, shard }: Pick<Evidence, "seeds" | "shard">): string {
  const { first, last } = seeds;
  const range = first === last ? `seed ${first}` : `seeds ${first} to ${last}`;
  return shard === null ? range : `${range}, shard ${shard.index}/${shard.count}`;
}
