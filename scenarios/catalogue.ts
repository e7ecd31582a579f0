import type { Scenario } from "./plans/scenario.ts";
import { retries } from "./workloads/retries.ts";
import { transfer } from "./workloads/transfer.ts";

/** Every scenario, by the order of the list in the documentation. */
export const SCENARIOS: readonly Scenario[] = [transfer, retries];

export function findScenario(name: string): Scenario | undefined {
  return SCENARIOS.find((scenario) => scenario.name === name);
}
