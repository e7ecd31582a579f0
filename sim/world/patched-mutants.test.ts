import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { SCENARIOS } from "../../scenarios/catalogue.ts";
import { PATCHED_MUTANTS } from "../../scenarios/mutants/source-patches.ts";
import type { Plan } from "../../scenarios/plans/plan.ts";
import { startWorkers, type RunningWorkers } from "./workers.ts";

/** A thread loads the services as Node does; the test's own loader would not see a patch. */
let workers: RunningWorkers;
beforeAll(() => {
  workers = startWorkers(2);
});
afterAll(() => workers.close());

const RUNS = 12;

function plansOf(mutant: string): readonly Plan[] {
  return SCENARIOS.flatMap(({ name, drafts }) =>
    fc
      .sample(drafts, { seed: 7, numRuns: RUNS })
      .map((draft, seed) => ({ scenario: name, seed, mutant, ...draft })),
  );
}

it.each(PATCHED_MUTANTS)(
  "mutant $id, loaded from patched source, breaks $breaks",
  async ({ id, breaks }) => {
    const broken = new Set<string>();
    for await (const { run } of workers.run(plansOf(id), new AbortController().signal)) {
      for (const { promise, isBroken } of run.judgements) {
        if (isBroken) {
          broken.add(promise);
        }
      }
    }
    expect([...broken]).toContain(breaks);
  },
);
