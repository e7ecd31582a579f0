import { relayOutbox } from "../../system/outbox/relay.ts";
import type { Producer } from "../../system/ports/broker.ts";
import type { Mutant } from "./mutant.ts";

const ATTEMPTS_MAX = 2;

/** F8: an outage that is longer than its patience loses what it then has in hand. */
export const hopelessRelay: Mutant = {
  id: "F8",
  defect: `The relay gives an event up for good when it could not be sent ${ATTEMPTS_MAX} times: a long outage of the broker loses it.`,
  breaks: "ends",
  scenario: "outages",
  parts() {
    let failures = 0;
    const givingUp = (producer: Producer): Producer => ({
      ...producer,
      async send(records) {
        try {
          await producer.send(records);
        } catch (error) {
          failures += 1;
          if (failures < ATTEMPTS_MAX) {
            throw error;
          }
        }
        failures = 0;
      },
    });
    return {
      relay: (ports, batchMax) =>
        relayOutbox({ ...ports, producer: givingUp(ports.producer) }, batchMax),
    };
  },
};
