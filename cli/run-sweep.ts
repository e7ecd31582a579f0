import { isAbsolute, join, relative } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { WantedPorts } from "../chaos/local/local.ts";
import type { Mutant } from "../scenarios/mutants/mutant.ts";
import type { Scenario } from "../scenarios/plans/scenario.ts";
import type { SweepHost } from "../scenarios/sweeps/sweep-request.ts";
import { sweep, type SweepResult } from "../scenarios/sweeps/sweep.ts";
import { createSecondOpinion } from "../sim/world/second-opinion.ts";
import { startWorkers } from "../sim/world/workers.ts";
import { describeProgress } from "./describe-progress.ts";
import { onInterruption } from "./interruption.ts";
import type { SeedRange, WorldName } from "./options.ts";
import { codeDigest, digestOf, productVersion } from "./product.ts";
import { withProgress } from "./progress.ts";
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
      withWorld(worldOf(request, signal), (world) => {
        const beganAtMs = Date.now();
        return sweep({
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
        });
      }),
    );
    return { result, measuredMs };
  } finally {
    interruption.dispose();
    await workers?.close();
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

function hostOf({ scenario, mutant, worldName, seeds, out }: RunRequest): SweepHost {
  const world = worldName === "sim" ? "" : " --world real";
  const variant = mutant === null ? "" : ` --mutant ${mutant.id}`;
  const range = `--seeds ${seeds.first}..${seeds.last}`;
  return {
    product: productVersion(),
    code: codeDigest(),
    command: `npm run falconpay -- run ${scenario.name}${world}${variant} ${range}`,
    replayCommand: (file) => `npm run falconpay -- replay ${fromHere(join(out, file))}${world}`,
    digest: digestOf,
  };
}

/** Evidence names no machine's paths: an absolute folder is told from where the command was run. */
function fromHere(path: string): string {
  return isAbsolute(path) ? relative(process.cwd(), path) : path;
}
