import { shippedParts, type Parts } from "../../system/process/parts.ts";
import type { ProcessPorts } from "../../system/process/start-roles.ts";
import { commitThenEmit } from "./commit-then-emit.ts";
import { keyBlind } from "./key-blind.ts";
import { leakyRelay } from "./leaky-relay.ts";
import type { Mutant } from "./mutant.ts";

/** Every mutant, in the order of their ids. */
export const MUTANTS: readonly Mutant[] = [commitThenEmit, keyBlind, leakyRelay];

export function findMutant(id: string): Mutant | undefined {
  return MUTANTS.find((mutant) => mutant.id === id);
}

/**
 * The services' parts for one process, with those of the mutant in place.
 *
 * @throws Error when there is no such mutant
 */
export function partsWith(mutantId: string | null, ports: ProcessPorts): Parts {
  if (mutantId === null) {
    return shippedParts;
  }
  const mutant = findMutant(mutantId);
  if (mutant === undefined) {
    throw new Error(`there is no mutant ${mutantId}`);
  }
  return { ...shippedParts, ...mutant.parts(ports) };
}
