import type { Evidence } from "../evidence/evidence.ts";

/**
 * The seeds that were run, in words: `seeds 1 to 212`, `seed 7`, `no seed`. A sweep ends early when
 * it is stopped, and at its first failure.
 */
export function seedsDone({ completed, first }: Evidence["seeds"]): string {
  if (completed === 0) {
    return "no seed";
  }
  return completed === 1 ? `seed ${first}` : `seeds ${first} to ${first + completed - 1}`;
}

/** How many seeds were asked for. */
export function seedsAsked({ first, last }: Evidence["seeds"]): number {
  return last - first + 1;
}
