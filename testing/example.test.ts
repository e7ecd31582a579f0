import { faults, plans, workloads } from "falconpay/arbitraries";
import { forAllPlans } from "falconpay/testing";
import { expect, test } from "vitest";
import { relayOutbox } from "../system/outbox/relay.ts";

/** A changed part of the services: a relay that takes a nap before each pass. */
const relay: typeof relayOutbox = async (ports, settings) => {
  await ports.clock.sleep(20);
  return relayOutbox(ports, settings);
};

test("a relay that takes a nap keeps every promise, whoever is killed", async () => {
  const crashes = plans({ workload: workloads({ commandsMax: 10 }), faults: faults(["crash"]) });
  await forAllPlans(crashes, (run) => expect(run).toKeepItsPromises(), {
    parts: () => ({ relay }),
  });
});
