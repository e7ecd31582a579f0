import { setImmediate as nextTurn } from "node:timers/promises";
import { allEvidence, type AllEvidence } from "../reports/evidence/all-evidence.ts";
import { failureText } from "../reports/text/failure-text.ts";
import { SCENARIOS } from "../scenarios/catalogue.ts";
import type { Level } from "../scenarios/plans/level.ts";
import { sweepAll } from "../scenarios/sweeps/sweep-all.ts";
import type { SweepProgress, SweepRequest } from "../scenarios/sweeps/sweep-request.ts";
import type { SweepResult } from "../scenarios/sweeps/sweep.ts";
import { describeProgress } from "./describe-progress.ts";
import { codeThatRuns, madeNow } from "./made-by.ts";
import { SHRINK_RUNS_MAX } from "./options.ts";
import { productVersion } from "./product.ts";
import { hostOf, withMeans, withSeenToFail, type RunRequest } from "./run-sweep.ts";

/** A `run all` command as it was understood. */
export interface RunAllRequest {
  readonly level: Level;
  /** Of each scenario; a last of null is as many as the budget allows. */
  readonly seeds: SweepRequest["seeds"];
  /** How many runs there may be together; null for as many as there are seeds. */
  readonly runsMax: number | null;
  readonly timeLimitMs: number | null;
  readonly shrinkRunsMax: number;
  readonly out: string;
  readonly workers: number;
}

export interface AllResult {
  readonly evidence: AllEvidence;
  /** Of each scenario, for its replay files. */
  readonly results: readonly SweepResult[];
  /** The first error that ended the sweep of a scenario. */
  readonly error: SweepResult["error"];
  readonly measuredMs: number;
}

/** Runs every scenario of the catalogue; an interruption keeps what was done. */
export function runAll(request: RunAllRequest): Promise<AllResult> {
  const asked = SCENARIOS.map((scenario): RunRequest => ({
    ...request,
    scenario,
    mutant: null,
    worldName: "sim",
    shard: null,
    bail: false,
    ports: {},
  }));
  const title = `every scenario in the simulated world, ${budgetOf(request)}`;
  const setting = { ...request, worldName: "sim", ports: {} } as const;
  return withMeans(setting, title, async ({ means, time, interruption, tell }) => {
    const doneOf = new Map<string, number>();
    const sweeps = asked.map((each): SweepRequest => {
      const { name } = each.scenario;
      return {
        ...each,
        ...means,
        host: hostOf(each),
        async onProgress(progress) {
          const elapsedMs = time.take(progress);
          tell(
            `${name}: ${describeProgress(together(name, progress), countOf(request), elapsedMs)}`,
          );
          await nextTurn();
        },
      };
    });
    const together = (name: string, progress: SweepProgress): SweepProgress => {
      if (progress.kind === "shrink") {
        return progress;
      }
      doneOf.set(name, progress.done);
      return { ...progress, done: [...doneOf.values()].reduce((sum, done) => sum + done, 0) };
    };
    const done = await sweepAll(sweeps, request.runsMax).finally(() => time.end());
    const results: SweepResult[] = [];
    for (const [index, each] of sweeps.entries()) {
      const result = done[index];
      if (result !== undefined) {
        results.push(await withSeenToFail({ ...each, signal: interruption }, result, tell));
      }
    }
    const scenarios = results.map(({ evidence }) => evidence);
    return {
      evidence: allEvidence({
        product: productVersion(),
        code: codeThatRuns(),
        scenarios,
        command: commandOf(request, scenarios),
        made: madeNow(),
      }),
      results,
      error: results.find(({ error }) => error !== null)?.error ?? null,
      measuredMs: time.measuredMs(),
    };
  });
}

/** What broke, scenario by scenario; empty where nothing did. */
export function failureOfAll({ scenarios }: AllEvidence): string {
  return scenarios
    .filter(({ findings }) => findings.length > 0)
    .map((evidence) => `in ${evidence.scenario.name}:\n${failureText(evidence)}`)
    .join("\n\n");
}

function countOf({ seeds, runsMax }: RunAllRequest): number | null {
  const { first, last } = seeds;
  return last === null ? runsMax : SCENARIOS.length * (last - first + 1);
}

function budgetOf({ seeds, runsMax }: RunAllRequest): string {
  const { first, last } = seeds;
  if (last !== null) {
    return `seeds ${first} to ${last} of each`;
  }
  return runsMax === null ? `seeds from ${first} on` : `${runsMax} runs in all`;
}

/**
 * Where the budget was time, it names as many runs as there were: they are shared the same way.
 * What was stopped goes on to the runs that were asked for.
 */
function commandOf(
  { level, seeds, runsMax, shrinkRunsMax }: RunAllRequest,
  scenarios: AllEvidence["scenarios"],
): string {
  const { first, last } = seeds;
  const done = scenarios.reduce((sum, { totals }) => sum + totals.runs, 0);
  const isWhole = scenarios.every(({ ended }) => ended === "complete");
  const runs = isWhole || runsMax === null ? Math.max(1, done) : runsMax;
  const budget = last === null ? `--runs ${runs}` : `--seeds ${first}..${last}`;
  const hardness = level.name === "rough" ? "" : ` --level ${level.name}`;
  const shrink = shrinkRunsMax === SHRINK_RUNS_MAX.sim ? "" : ` --shrink-runs ${shrinkRunsMax}`;
  return `npm run falconpay -- run all${hardness} ${budget}${shrink}`;
}
