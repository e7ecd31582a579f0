import type { ReplayFile } from "../plans/replay-file.ts";
import type { SystemPromise } from "../promises/system-promise.ts";
import { runPlan, type Outcome } from "../runs/run-plan.ts";
import type { World } from "../world.ts";
import type { SecondOpinion } from "./sweep-request.ts";
import { twoResultsOf } from "./two-results.ts";

/**
 * Runs a recorded plan again. A trace that differs from the recorded one comes of new code, or the
 * plan goes one way and then another: a second run tells which.
 *
 * @throws TwoResults when the second run leaves another trace than the first
 */
export async function replayPlan(
  world: World,
  { plan, expected }: ReplayFile,
  promises: readonly SystemPromise[],
  secondOpinion: SecondOpinion,
): Promise<Outcome> {
  const outcome = await runPlan(world, plan, promises);
  const { traceHash } = outcome;
  if (traceHash !== null && traceHash !== expected.traceHash) {
    const again = await runPlan(world, plan, promises);
    if (again.traceHash !== traceHash) {
      const one = { traceHash, before: [] };
      const other = { traceHash: again.traceHash, before: [plan] };
      throw await twoResultsOf(plan, { one, other }, secondOpinion);
    }
  }
  return outcome;
}
