import { expect, it } from "vitest";
import { SCENARIOS } from "../scenarios/catalogue.ts";
import { readEnvironment } from "./environment.ts";
import { forAllPlans } from "./testing.ts";

/** Each for as long as `FALCONPAY_MINUTES` says, with other plans each time. */
it.each(SCENARIOS)("scenario $name keeps every promise", async ({ name, drafts }) => {
  const { seed } = readEnvironment(process.env);
  let runs = 0;
  try {
    await forAllPlans(drafts, (run) => {
      runs += 1;
      expect(run).toKeepItsPromises();
    });
  } finally {
    process.stdout.write(`${name}: ${runs} runs from seed ${seed} on\n`);
  }
});
