import { services, type Parts } from "../../system/process/services.ts";
import { commitThenEmit } from "./commit-then-emit.ts";
import type { Mutant } from "./mutant.ts";

/** Every mutant, in the order of their ids. */
export const MUTANTS: readonly Mutant[] = [commitThenEmit];

export function findMutant(id: string): Mutant | undefined {
  return MUTANTS.find((mutant) => mutant.id === id);
}

/**
 * The services' parts, with those of the mutant in place.
 *
 * @throws Error when there is no such mutant
 */
export function partsWith(mutantId: string | null): Parts {
  if (mutantId === null) {
    return services;
  }
  const mutant = findMutant(mutantId);
  if (mutant === undefined) {
    throw new Error(`there is no mutant ${mutantId}`);
  }
  return { ...services, ...mutant.parts };
}
