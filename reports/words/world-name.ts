import type { Evidence } from "../evidence/evidence.ts";

/** The world of a run in words, to stand alone. */
export function worldName(world: Evidence["world"]): string {
  return world === "sim" ? "simulated world" : "real servers";
}

/** Where a run took place, to follow it in a sentence: `in the simulated world`. */
export function inWorld(world: Evidence["world"]): string {
  return world === "sim" ? "in the simulated world" : "on real servers";
}
