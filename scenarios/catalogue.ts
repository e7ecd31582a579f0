import type { Scenario } from "./plans/scenario.ts";
import { outages } from "./workloads/outages.ts";
import { planted } from "./workloads/planted.ts";
import { retries } from "./workloads/retries.ts";
import { shortages } from "./workloads/shortages.ts";
import { strays } from "./workloads/strays.ts";
import { transfer } from "./workloads/transfer.ts";

/** Every scenario, by the order of the list in the documentation. */
export const SCENARIOS: readonly Scenario[] = [
  transfer,
  retries,
  outages,
  strays,
  shortages,
  planted,
];

export function findScenario(name: string): Scenario | undefined {
  return SCENARIOS.find((scenario) => scenario.name === name);
}
