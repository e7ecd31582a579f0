import { describe, expect, it } from "vitest";
import { clusterContract } from "../../../scenarios/contracts/cluster-contract.ts";
import { onSimulatedStage } from "./simulated-stage.ts";

describe("the simulated cluster", () => {
  it.each(clusterContract)("$claim", async ({ check }) => {
    for (const seed of ["1", "2", "3"]) {
      expect(await onSimulatedStage(seed, check)).toBeUndefined();
    }
  });
});
