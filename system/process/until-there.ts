import type { Clock } from "../ports/clock.ts";
import { passes } from "../ports/passes.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { Health } from "./health.ts";

export interface UntilTherePorts {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly health: Health;
  /** Aborted when the process is to stop: then nothing is tried again. */
  readonly stopping: AbortSignal;
}

/** Before the second attempt. */
const FIRST_WAIT_MS = 100;

/** Between two attempts in the end: as often there is a line, and so late it is noticed. */
const WAIT_MS_MAX = 5_000;

/**
 * Tries until a part of the process has what it needs of a server, however long the server is away:
 * start order does not matter. Until then the part counts as not well, with the reason.
 *
 * @returns what the attempt came to; undefined when the process is to stop before
 * @throws Error that does not pass: it would come again
 */
export async function untilThere<T>(
  { clock, telemetry, health, stopping }: UntilTherePorts,
  part: string,
  attempt: () => Promise<T>,
): Promise<T | undefined> {
  health.note(part, "it is starting");
  for (let waitMs = FIRST_WAIT_MS; !stopping.aborted; waitMs = Math.min(2 * waitMs, WAIT_MS_MAX)) {
    try {
      const result = await attempt();
      health.note(part, undefined);
      return result;
    } catch (error) {
      if (!passes(error)) {
        throw error;
      }
      health.note(part, error.message);
      telemetry.event("process.waiting", { part, reason: error.message });
      await clock.sleep(waitMs, stopping);
    }
  }
  return undefined;
}
