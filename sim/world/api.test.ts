import { expect, it } from "vitest";
import { apiContract, checkApi } from "../../scenarios/contracts/api-contract.ts";
import { samplePlan } from "../../scenarios/testing/sample-plan.ts";
import { createSimulatedWorld } from "./world.ts";

it.each(apiContract)("$claim", async (claim) => {
  const world = await createSimulatedWorld();
  await expect(checkApi(world, samplePlan(), claim)).resolves.toBeUndefined();
});
