import { afterAll, beforeAll, expect, it } from "vitest";
import { generateMutants } from "../../mutation/generate/generate-mutants.ts";
import { SCENARIOS } from "../../scenarios/catalogue.ts";
import { findMutant, MUTANTS } from "../../scenarios/mutants/mutants.ts";
import { startMutantWorkers, type MutantWorkers } from "./mutant-workers.ts";

/** A thread loads the services as Node does; the test's own loader would not see a patch. */
let workers: MutantWorkers;
beforeAll(() => {
  workers = startMutantWorkers(2);
});
afterAll(() => workers.close());

const TRIAL = { seeds: { first: 1, last: 60 }, shrinkRunsMax: 0 };
const BOUND_MS = 120_000;

it.each(MUTANTS)(
  "mutant $id is killed by $breaks",
  async ({ id, breaks, scenario }) => {
    const tried = await workers.run({ id, ...TRIAL }, AbortSignal.timeout(BOUND_MS));
    expect(tried.fate, tried.found).toBe("killed");
    expect(tried.scenario).toBe(scenario ?? tried.scenario);
    expect(tried.promises).toContain(breaks);
  },
  BOUND_MS,
);

it.each(SCENARIOS.flatMap(({ name, catches }) => catches.map((id) => ({ name, id }))))(
  "scenario $name catches mutant $id, by the promise named for it",
  async ({ name, id }) => {
    const trial = { ...TRIAL, id, scenarios: [name] };
    const tried = await workers.run(trial, AbortSignal.timeout(BOUND_MS));
    expect(tried.fate, tried.found).toBe("killed");
    expect(tried.promises).toContain(findMutant(id)?.breaks);
  },
  BOUND_MS,
);

it("a generated mutant is killed by whatever promise notices it", async () => {
  const mutant = generateMutants().find(
    ({ file, operator }) => file === "system/domain/wallet.ts" && operator === "comparison",
  );
  const { id = "none" } = mutant ?? {};
  const tried = await workers.run({ id, ...TRIAL }, AbortSignal.timeout(BOUND_MS));
  expect(tried.fate, tried.found).toBe("killed");
});

it("a mutant that is not done within its bound is stopped, and the next one is tried", async () => {
  const spun = await workers.run({ ...TRIAL, id: "D2" }, AbortSignal.timeout(1));
  expect(spun.fate).toBe("stopped");
  const next = await workers.run({ id: "Z0", ...TRIAL }, AbortSignal.timeout(BOUND_MS));
  expect(next.fate).toBe("killed");
});
