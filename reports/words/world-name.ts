import type { Evidence } from "../evidence/evidence.ts";

/** The world of a run in words, to stand after "in the" or alone. */
export function worldName(world: Evidence["world"]): string {
  return world === "sim" ? "simulated world" : "world of real servers";
}
