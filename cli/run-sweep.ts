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
  type SweepProgress,
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
export function runSweep(
  request: RunRequest,
): Promise<{ readonly result: SweepResult; readonly measuredMs: number }> {
  return withMeans(request, titleOf(request), async ({ means, time, interruption, tell }) => {
    const asked: SweepRequest = {
      ...request,
      ...means,
      host: hostOf(request),
      async onProgress(progress) {
        const elapsedMs = time.take(progress);
        tell(describeProgress(progress, countOf(request), elapsedMs));
        await nextTurn();
      },
    };
    const done = await sweep(asked).finally(() => time.end());
    const result = await withSeenToFail({ ...asked, signal: interruption }, done, tell);
    return { result, measuredMs: time.measuredMs() };
  });
}

/** What sweeps are run with, whichever they are. */
export interface Means {
  readonly means: Pick<SweepRequest, "world" | "workers" | "secondOpinion" | "signal">;
  readonly time: SweepTime;
  /** Without the limit of time. */
  readonly interruption: AbortSignal;
  readonly tell: (text: string) => void;
}

/** Makes what sweeps are run with, and closes it when they are done. The limit of time runs. */
export async function withMeans<T>(
  request: Pick<RunRequest, "worldName" | "workers" | "timeLimitMs" | "out" | "ports">,
  title: string,
  use: (means: Means) => Promise<T>,
): Promise<T> {
  const interruption = onInterruption();
  const limit = new AbortController();
  const signal = AbortSignal.any([interruption.signal, limit.signal]);
  // One thread needs no worker: it is this one.
  const workers = hasWorkers(request) ? startWorkers(request.workers) : null;
  try {
    return await withProgress(title, (tell) =>
      withWorld(worldOf(request, signal), async (world) => {
        const secondOpinion = request.worldName === "sim" ? createSecondOpinion() : null;
        const means = { world, workers, secondOpinion, signal };
        const time = beginTime(request.timeLimitMs, limit);
        return use({ means, time, interruption: interruption.signal, tell });
      }),
    );
  } finally {
    interruption.dispose();
    await workers?.close();
  }
}

interface SweepTime {
  /** Answers how long it has run, in milliseconds of real time. */
  take(progress: Pick<SweepProgress, "kind">): number;
  /** Until the last seed: shrinking is not part of the speed, its runs are not in the evidence. */
  measuredMs(): number;
  /** Calls the limit off: it is the sweep's, not that of what is done after it. */
  end(): void;
}

function beginTime(limitMs: number | null, limit: AbortController): SweepTime {
  const beganAtMs = Date.now();
  const timer = limitMs === null ? undefined : setTimeout(() => limit.abort(TIME_IS_OVER), limitMs);
  let measuredMs = 0;
  return {
    take({ kind }) {
      const elapsedMs = Date.now() - beganAtMs;
      measuredMs = kind === "seed" ? elapsedMs : measuredMs;
      return elapsedMs;
    },
    measuredMs: () => measuredMs,
    end: () => clearTimeout(timer),
  };
}

function countOf({ seeds, shard }: RunRequest): number | null {
  const { first, last } = seeds;
  return last === null ? null : seedsAsked({ seeds: { first, last }, shard });
}

/** What makes a pass worth something is done after it. */
export async function withSeenToFail(
  asked: SweepRequest,
  done: SweepResult,
  tell: (text: string) => void,
): Promise<SweepResult> {
  const { evidence, error } = done;
  if (
    evidence.verdict !== "pass" ||
    error !== null ||
    asked.mutant !== null ||
    asked.world.kind !== "sim"
  ) {
    return done;
  }
  tell("every promise held; seeing the same checks fail");
  try {
    const seenToFail = await seeItFail({ ...asked, onRun: () => nextTurn() });
    return { ...done, evidence: { ...done.evidence, seenToFail } };
  } catch (error) {
    return { ...done, error: { error } };
  }
}

/** Simulated worlds are as many as there are threads; real servers there are once. */
function hasWorkers({ worldName, workers }: Pick<RunRequest, "worldName" | "workers">): boolean {
  return worldName === "sim" && workers > 1;
}

function worldOf(
  { worldName, out, ports }: Pick<RunRequest, "worldName" | "out" | "ports">,
  signal: AbortSignal,
): WorldRequest {
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

export function hostOf(request: RunRequest): SweepHost {
  const { scenario, mutant, worldName, level, shard, bail, shrinkRunsMax, out } = request;
  const hardness = level.name === "rough" ? "" : ` --level ${level.name}`;
  const world = worldName === "sim" ? "" : " --world real";
  const variant = mutant === null ? "" : ` --mutant ${mutant.id}`;
  const isUsual = bail === (mutant !== null);
  const end = isUsual ? "" : bail ? " --bail" : " --no-bail";
  const shrink =
    shrinkRunsMax === SHRINK_RUNS_MAX[worldName] ? "" : ` --shrink-runs ${shrinkRunsMax}`;
  return hostThatSays({ out, worldName }, ({ first, last }) =>
    commandOfShard.with(
      `npm run falconpay -- run ${scenario.name}${world}${variant}${hardness} --seeds ${first}..${last}${end}${shrink}`,
      shard,
    ),
  );
}

/** What runs are to know of where they run, with the command that asks for them. */
export function hostThatSays(
  { out, worldName }: Pick<RunRequest, "out" | "worldName">,
  command: SweepHost["command"],
): SweepHost {
  return {
    product: productVersion(),
    code: codeThatRuns(),
    made: madeNow(),
    command,
    replayCommand: (file) => replayCommandOf(out, file, worldName),
    digest: digestOf,
  };
}
