import type { Plan } from "../plans/plan.ts";
import type { SecondOpinion } from "./sweep-request.ts";

/** One plan gave two results: what was judged of it cannot be trusted. */
export class TwoResults extends Error {
  override readonly name = "TwoResults";
}

/** Where a plan went: which trace it left, and what had run there before it. */
export interface Passage {
  readonly traceHash: string | null;
  /** In their order. */
  readonly before: readonly Plan[];
}

/** What a reader is told of a plan that went two ways, with the first event that differs. */
export async function twoResultsOf(
  plan: Plan,
  { one, other }: { readonly one: Passage; readonly other: Passage },
  secondOpinion: SecondOpinion | null,
): Promise<TwoResults> {
  const difference = await secondOpinion?.firstDifference(
    [...one.before, plan],
    [...other.before, plan],
  );
  return new TwoResults(
    [
      `one plan gave two results: seed ${plan.seed} left trace ${one.traceHash} ${describe(one)}, and trace ${other.traceHash} ${describe(other)}`,
      "state that outlives a run (a variable of a module) makes such a difference, and so does a look at the host's clock or randomness",
      difference ?? "run again to be compared, both went the same way",
    ].join("\n"),
  );
}

function describe({ before }: Passage): string {
  switch (before.length) {
    case 0:
      return "where nothing had run before";
    case 1:
      return "after another run";
    default:
      return `after ${before.length} other runs`;
  }
}
