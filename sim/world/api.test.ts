import { expect, it } from "vitest";
import { accessContract } from "../../scenarios/contracts/access-contract.ts";
import { apiContract } from "../../scenarios/contracts/api-contract.ts";
import { checkApi } from "../../scenarios/contracts/api-stage.ts";
import { samplePlan } from "../../scenarios/testing/sample-plan.ts";
import { createSimulatedWorld } from "./world.ts";

it.each([...apiContract, ...accessContract])("$claim", async (claim) => {
  const world = await createSimulatedWorld();
  await expect(checkApi(world, samplePlan(), claim)).resolves.toBeUndefined();
});
