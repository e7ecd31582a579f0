import { relayOutbox } from "../../system/outbox/relay.ts";
import type { Mutant } from "./mutant.ts";

const KEPT_MAX = 10;

/** L1: nothing is lost and every payment ends, so only the process itself shows it. */
export const leakyRelay: Mutant = {
  id: "L1",
  defect: `The relay keeps every event that it has sent, and after ${KEPT_MAX} of them its process ends for want of memory.`,
  breaks: "stays-up",
  parts() {
    let kept = 0;
    return {
      async relay(ports, settings) {
        const pass = await relayOutbox(ports, settings);
        kept += pass.published;
        if (kept > KEPT_MAX) {
          throw new Error(`out of memory with ${kept} events`);
        }
        return pass;
      },
    };
  },
};
