import { passes } from "../ports/passes.ts";
import type { Telemetry } from "../ports/telemetry.ts";

/**
 * Tells an outage as one thing, however often it is run into: a line when it begins, when it has
 * been run into twice, four times, eight times and so on, and one when it is over.
 *
 * @param onTrouble Is told of each failure with its reason, and with undefined that there is none
 * @returns runs a piece of work; its result, or undefined where it failed with an error that
 *   passes. One that does not pass is thrown.
 */
export function createOutage(ports: {
  readonly telemetry: Telemetry;
  readonly onTrouble: (reason: string | undefined) => void;
}): <T>(work: () => Promise<T>) => Promise<T | undefined> {
  let failures = 0;
  return async (work) => {
    try {
      const result = await work();
      ports.onTrouble(undefined);
      if (failures > 0) {
        ports.telemetry.event("relay.outage-over", { failures });
        failures = 0;
      }
      return result;
    } catch (error) {
      if (!passes(error)) {
        throw error;
      }
      ports.onTrouble(error.message);
      failures += 1;
      if (Number.isInteger(Math.log2(failures))) {
        const { applied, message: reason } = error;
        ports.telemetry.event("relay.outage", { reason, applied, failures });
      }
      return undefined;
    }
  };
}
