import type { Scenario } from "./plans/scenario.ts";
import { transfer } from "./workloads/transfer.ts";

/** Every scenario, by the order of the list in the documentation. */
export const SCENARIOS: readonly Scenario[] = [transfer];

export function findScenario(name: string): Scenario | undefined {
  return SCENARIOS.find((scenario) => scenario.name === name);
}
