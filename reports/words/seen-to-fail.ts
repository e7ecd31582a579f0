import type { SeenToFail } from "../evidence/evidence.ts";
import { counted } from "./number-words.ts";

/** When a check was last seen to fail, to stand in a sentence: `mutant F0 broke ends in run 2`. */
export function seenToFailWords({ mutant, promise, runs }: SeenToFail): string {
  return promise === null
    ? `mutant ${mutant} was not noticed in ${counted(runs, "run")}`
    : `mutant ${mutant} broke ${promise} in run ${runs}`;
}
