import { isAbsolute, join, relative } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { WantedPorts } from "../chaos/local/local.ts";
import type { Mutant } from "../scenarios/mutants/mutant.ts";
import type { Scenario } from "../scenarios/plans/scenario.ts";
import type { SweepHost, SweepRequest } from "../scenarios/sweeps/sweep-request.ts";
import { sweep, type SweepResult } from "../scenarios/sweeps/sweep.ts";
import { createSecondOpinion } from "../sim/world/second-opinion.ts";
import { startWorkers } from "../sim/world/workers.ts";
import { describeProgress } from "./describe-progress.ts";
import { onInterruption } from "./interruption.ts";
import { codeThatRuns, madeNow } from "./made-by.ts";
import { SHRINK_RUNS_MAX, type SeedRange, type WorldName } from "./options.ts";
import { digestOf, productVersion } from "./product.ts";
import { withProgress } from "./progress.ts";
import { seeItFail } from "./see-it-fail.ts";
import { withWorld, type WorldRequest } from "./with-world.ts";

/** A `run` command as it was understood. */
export interface RunRequest {
  readonly scenario: Scenario;
  readonly mutant: Mutant | null;
  readonly worldName: WorldName;
  readonly seeds: SeedRange;
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
  const { scenario, mutant, seeds, shrinkRunsMax } = request;
  const interruption = onInterruption();
  const { signal } = interruption;
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
          seeds,
          shrinkRunsMax,
          signal,
          host: hostOf(request),
          async onProgress(progress) {
            const elapsedMs = Date.now() - beganAtMs;
            // Shrinking is not part of the speed: its runs are not counted in the evidence.
            measuredMs = progress.kind === "seed" ? elapsedMs : measuredMs;
            tell(describeProgress(progress, seeds, elapsedMs));
            await nextTurn();
          },
        };
        const done = await sweep(asked);
        return shouldBeSeenToFail(request, done) ? withSeenToFail(asked, done, tell) : done;
      }),
    );
    return { result, measuredMs };
  } finally {
    interruption.dispose();
    await workers?.close();
  }
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

function titleOf({ scenario, mutant, worldName, seeds }: RunRequest): string {
  const variant = mutant === null ? "" : `, mutant ${mutant.id}`;
  const where = worldName === "sim" ? "in the simulated world" : "on real servers";
  return `${scenario.name} ${where}, seeds ${seeds.first} to ${seeds.last}${variant}`;
}

function hostOf(request: RunRequest): SweepHost {
  const { scenario, mutant, worldName, seeds, shrinkRunsMax, out } = request;
  const world = worldName === "sim" ? "" : " --world real";
  const variant = mutant === null ? "" : ` --mutant ${mutant.id}`;
  const range = `--seeds ${seeds.first}..${seeds.last}`;
  const shrink =
    shrinkRunsMax === SHRINK_RUNS_MAX[worldName] ? "" : ` --shrink-runs ${shrinkRunsMax}`;
  return {
    product: productVersion(),
    code: codeThatRuns(),
    made: madeNow(),
    command: `npm run falconpay -- run ${scenario.name}${world}${variant} ${range}${shrink}`,
    replayCommand: (file) => `npm run falconpay -- replay ${fromHere(join(out, file))}${world}`,
    digest: digestOf,
  };
}

/** Evidence names no machine's paths: an absolute folder is told from where the command was run. */
export function fromHere(path: string): string {
  return isAbsolute(path) ? relative(process.cwd(), path) : path;
}
