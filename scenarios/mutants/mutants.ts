import { commitThenEmit } from "./commit-then-emit.ts";
import { hastyRefusal } from "./hasty-refusal.ts";
import { hopelessRelay } from "./hopeless-relay.ts";
import { impatientWallet } from "./impatient-wallet.ts";
import { leakyRelay } from "./leaky-relay.ts";
import type { Mutant } from "./mutant.ts";
import { peepingSettle } from "./peeping-settle.ts";
import { publishFirst } from "./publish-first.ts";
import { PATCHED_MUTANTS } from "./source-patches.ts";

/** Every mutant, in the order of their ids. */
export const MUTANTS: readonly Mutant[] = [
  commitThenEmit,
  hastyRefusal,
  hopelessRelay,
  impatientWallet,
  peepingSettle,
  leakyRelay,
  publishFirst,
  ...PATCHED_MUTANTS,
].toSorted((left, right) => (left.id < right.id ? -1 : 1));

export function findMutant(id: string): Mutant | undefined {
  return MUTANTS.find((mutant) => mutant.id === id);
}
