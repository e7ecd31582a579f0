import { passes } from "../ports/passes.ts";
import type { AuditPlace } from "./audit-place.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { reconcile, type ReconcileRequest } from "./reconcile.ts";

const DAY_MS = 86_400_000;

/** How soon it is tried again while a run that somebody asked for is under way. */
const AGAIN_MS = 60_000;

const TODAYS: ReconcileRequest = {
  startedBy: "clock",
  limits: DEFAULT_LIMITS,
  scope: "news",
};

/**
 * Reconciles once a day, at midnight in UTC by the engine's clock, until stopping. A run that fails
 * is recorded as failed; the next day's looks at what it did not.
 *
 * @throws Error that does not pass: the engine cannot go on
 */
export async function runDaily(place: AuditPlace, stopping: AbortSignal): Promise<void> {
  for (;;) {
    const nowMs = place.clock.nowMs();
    await place.clock.sleep(DAY_MS - (nowMs % DAY_MS), stopping);
    if (stopping.aborted) {
      return;
    }
    try {
      let run = await reconcile(place, TODAYS);
      while (run === undefined && !stopping.aborted) {
        await place.clock.sleep(AGAIN_MS, stopping);
        run = await reconcile(place, TODAYS);
      }
      if (run !== undefined) {
        place.telemetry.event("reconciliation.run", { run: run.id, outcome: run.outcome });
      }
    } catch (error) {
      if (!passes(error)) {
        throw error;
      }
      place.telemetry.event("reconciliation.not-recorded", { reason: error.message });
    }
  }
}
