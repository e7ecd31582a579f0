import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { WantedPorts } from "../chaos/local/local.ts";
import { seedsAsked } from "../reports/evidence/seeds-asked.ts";
import type { Mutant } from "../scenarios/mutants/mutant.ts";
import type { Level } from "../scenarios/plans/level.ts";
import type { Scenario } from "../scenarios/plans/scenario.ts";
import type { Shard } from "../scenarios/sweeps/seeds.ts";
import { commandOfShard } from "../scenarios/sweeps/shard-command.ts";
import {
  TIME_IS_OVER,
  type SweepHost,
  type SweepRequest,
} from "../scenarios/sweeps/sweep-request.ts";
import { sweep, type SweepResult } from "../scenarios/sweeps/sweep.ts";
import { createSecondOpinion } from "../sim/world/second-opinion.ts";
import { startWorkers } from "../sim/world/workers.ts";
import { describeProgress } from "./describe-progress.ts";
import { onInterruption } from "./interruption.ts";
import { codeThatRuns, madeNow } from "./made-by.ts";
import { SHRINK_RUNS_MAX, type WorldName } from "./options.ts";
import { digestOf, productVersion } from "./product.ts";
import { withProgress } from "./progress.ts";
import { replayCommandOf } from "./replay-files.ts";
import { seeItFail } from "./see-it-fail.ts";
import { withWorld, type WorldRequest } from "./with-world.ts";

/** A `run` command as it was understood. */
export interface RunRequest {
  readonly scenario: Scenario;
  readonly mutant: Mutant | null;
  readonly worldName: WorldName;
  readonly level: Level;
  /** A last of null is as many as there is time for. */
  readonly seeds: SweepRequest["seeds"];
  readonly shard: Shard | null;
  /** How long the sweep may take; null for as long as it does. */
  readonly timeLimitMs: number | null;
  readonly bail: boolean;
  readonly shrinkRunsMax: number;
  readonly out: string;
  readonly ports: WantedPorts;
  /** Threads of the simulated world. */
  readonly workers: number;
}

/** Runs the sweep with progress on standard error; an interruption keeps what was done. */
export async function runSweep(
  request: RunRequest,
): Promise<{ readonly result: SweepResult; readonly measuredMs: number }> {
  const { scenario, mutant, seeds, shard, bail, shrinkRunsMax } = request;
  const interruption = onInterruption();
  const time = new AbortController();
  const signal = AbortSignal.any([interruption.signal, time.signal]);
  // One thread needs no worker: it is this one.
  const workers = hasWorkers(request) ? startWorkers(request.workers) : null;
  let measuredMs = 0;
  try {
    const result = await withProgress(titleOf(request), (tell) =>
      withWorld(worldOf(request, signal), async (world) => {
        const beganAtMs = Date.now();
        const asked: SweepRequest = {
          world,
          workers,
          secondOpinion: request.worldName === "sim" ? createSecondOpinion() : null,
          scenario,
          mutant,
          level: request.level,
          seeds,
          shard,
          bail,
          shrinkRunsMax,
          signal,
          host: hostOf(request),
          async onProgress(progress) {
            const elapsedMs = Date.now() - beganAtMs;
            // Shrinking is not part of the speed: its runs are not counted in the evidence.
            measuredMs = progress.kind === "seed" ? elapsedMs : measuredMs;
            tell(describeProgress(progress, countOf(request), elapsedMs));
            await nextTurn();
          },
        };
        const end = endAfter(request.timeLimitMs, time);
        const done = await sweep(asked).finally(end);
        // The limit is the sweep's: what makes its pass worth something is done after it.
        const later = { ...asked, signal: interruption.signal };
        return shouldBeSeenToFail(request, done) ? withSeenToFail(later, done, tell) : done;
      }),
    );
    return { result, measuredMs };
  } finally {
    interruption.dispose();
    await workers?.close();
  }
}

/** Returns what calls it off. */
function endAfter(timeLimitMs: number | null, time: AbortController): () => void {
  if (timeLimitMs === null) {
    return () => {};
  }
  const timer = setTimeout(() => time.abort(TIME_IS_OVER), timeLimitMs);
  return () => clearTimeout(timer);
}

function countOf({ seeds, shard }: RunRequest): number | null {
  const { first, last } = seeds;
  return last === null ? null : seedsAsked({ seeds: { first, last }, shard });
}

function shouldBeSeenToFail(
  { mutant, worldName }: RunRequest,
  { evidence, error }: SweepResult,
): boolean {
  return evidence.verdict === "pass" && error === null && mutant === null && worldName === "sim";
}

async function withSeenToFail(
  asked: SweepRequest,
  done: SweepResult,
  tell: (text: string) => void,
): Promise<SweepResult> {
  tell("every promise held; seeing the same checks fail");
  try {
    const seenToFail = await seeItFail({ ...asked, onProgress: () => nextTurn() });
    return { ...done, evidence: { ...done.evidence, seenToFail } };
  } catch (error) {
    return { ...done, error: { error } };
  }
}

/** Simulated worlds are as many as there are threads; real servers there are once. */
function hasWorkers({ worldName, workers }: RunRequest): boolean {
  return worldName === "sim" && workers > 1;
}

function worldOf({ worldName, out, ports }: RunRequest, signal: AbortSignal): WorldRequest {
  return { name: worldName, signal, logsFolder: join(out, "logs"), ports };
}

function titleOf({ scenario, mutant, worldName, seeds, shard }: RunRequest): string {
  const variant = mutant === null ? "" : `, mutant ${mutant.id}`;
  const where = worldName === "sim" ? "in the simulated world" : "on real servers";
  const range =
    seeds.last === null ? `seeds from ${seeds.first} on` : `seeds ${seeds.first} to ${seeds.last}`;
  const part = shard === null ? "" : `, shard ${shard.index}/${shard.count}`;
  return `${scenario.name} ${where}, ${range}${part}${variant}`;
}

function hostOf(request: RunRequest): SweepHost {
  const { scenario, mutant, worldName, level, shard, bail, shrinkRunsMax, out } = request;
  const hardness = level.name === "rough" ? "" : ` --level ${level.name}`;
  const world = worldName === "sim" ? "" : " --world real";
  const variant = mutant === null ? "" : ` --mutant ${mutant.id}`;
  const isUsual = bail === (mutant !== null);
  const end = isUsual ? "" : bail ? " --bail" : " --no-bail";
  const shrink =
    shrinkRunsMax === SHRINK_RUNS_MAX[worldName] ? "" : ` --shrink-runs ${shrinkRunsMax}`;
  return {
    product: productVersion(),
    code: codeThatRuns(),
    made: madeNow(),
    command: ({ first, last }) =>
      commandOfShard.with(
        `npm run falconpay -- run ${scenario.name}${world}${variant}${hardness} --seeds ${first}..${last}${end}${shrink}`,
        shard,
      ),
    replayCommand: (file) => replayCommandOf(out, file, worldName),
    digest: digestOf,
  };
}
