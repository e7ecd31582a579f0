import type { Mutant } from "../scenarios/mutants/mutant.ts";
import { findMutant } from "../scenarios/mutants/mutants.ts";
import { findGenerated } from "./generate/generate-mutants.ts";

/** A mutant by its id: one of the list, or one that is generated from the source. */
export function findAnyMutant(id: string): Mutant | undefined {
  return findMutant(id) ?? findGenerated(id);
}
