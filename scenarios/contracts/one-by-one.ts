import type { Delivery, Subscription } from "../../system/ports/broker.ts";

/** Handles one message; `commit` commits that it is done. A throw means: deliver it again. */
export type HandleMessage = (delivery: Delivery, commit: () => Promise<void>) => Promise<void>;

/** What a subscription says that takes one message after the other. */
export function oneByOne(handle: HandleMessage): Pick<Subscription, "batchMax" | "onBatch"> {
  return {
    batchMax: 1,
    async onBatch({ deliveries, commit }) {
      for (const delivery of deliveries) {
        await handle(delivery, () => commit([delivery]));
      }
    },
  };
}
