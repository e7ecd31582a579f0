import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { generateMutants } from "../mutation/generate/generate-mutants.ts";
import { writeWhole } from "../reports/write-whole.ts";
import type { Mutant } from "../scenarios/mutants/mutant.ts";
import { MUTANTS } from "../scenarios/mutants/mutants.ts";
import type { TriedMutant } from "../sim/world/mutant-trial.ts";
import { startMutantWorkers, type MutantWorkers } from "../sim/world/mutant-workers.ts";
import { conclude } from "./conclude.ts";
import { UsageError } from "./failures.ts";
import { codeThatRuns } from "./made-by.ts";
import { failedMutants, matrixText, type MutantRow } from "./mutants-text.ts";
import { parseWholeNumber, parseWorkers } from "./options.ts";
import { say } from "./output.ts";
import { productVersion } from "./product.ts";
import { withProgress } from "./progress.ts";

const DEFAULTS = { seeds: 200, boundS: 60, shrinkRuns: 60, out: "out" } as const;

interface MutantsOptions {
  readonly generate?: true;
  readonly only?: string;
  readonly every?: string;
  readonly seeds?: string;
  readonly bound?: string;
  readonly shrinkRuns?: string;
  readonly workers?: string;
  readonly out: string;
}

export function addMutantsCommand(program: Command): void {
  program
    .command("mutants")
    .description("break the services in every known way, and see each defect noticed")
    .option("--generate", "make mutants mechanically from the services' source instead")
    .option("--only <text>", "those whose id has this text in it")
    .option("--every <count>", "one generated mutant in so many")
    .option(
      "--seeds <count>",
      `seeds of each scenario that a mutant may survive (default: ${DEFAULTS.seeds})`,
    )
    .option(
      "--bound <seconds>",
      `how long five seeds of a mutant may take, of real time; one that takes longer spins (default: ${DEFAULTS.boundS})`,
    )
    .option(
      "--shrink-runs <count>",
      `variants tried to make what kills a listed mutant smaller (default: ${DEFAULTS.shrinkRuns})`,
    )
    .option("--workers <count>", "threads (default: one for each core)")
    .option("--out <folder>", "where mutants.json is written", DEFAULTS.out)
    .action(mutantsCommand);
}

async function mutantsCommand(options: MutantsOptions): Promise<void> {
  const isGenerated = options.generate === true;
  const seeds = wholeNumber(options.seeds, "--seeds", DEFAULTS.seeds);
  const boundMs = wholeNumber(options.bound, "--bound", DEFAULTS.boundS) * 1_000;
  const shrinkRunsMax = isGenerated
    ? 0
    : wholeNumber(options.shrinkRuns, "--shrink-runs", DEFAULTS.shrinkRuns);
  const mutants = chosen(options);
  const rows = await tryAll(mutants, { seeds, boundMs, shrinkRunsMax, workers: options.workers });
  await say(`${matrixText(rows, isGenerated)}\n`);
  const failed = isGenerated ? [] : failedMutants(rows);
  await conclude(failed.length === 0 ? 0 : 1, async () => {
    const file = join(options.out, "mutants.json");
    const said = {
      format: "falconpay-mutants",
      product: productVersion(),
      code: codeThatRuns(),
      isGenerated,
      seeds,
      rows,
    };
    await mkdir(options.out, { recursive: true });
    await writeWhole(file, `${JSON.stringify(said, null, 2)}\n`);
    await say(`\n  matrix  ${file}\n`);
  });
}

function chosen({ generate, only = "", every }: MutantsOptions): readonly Mutant[] {
  const all: readonly Mutant[] = generate === true ? generateMutants() : MUTANTS;
  const step = Math.max(1, wholeNumber(every, "--every", 1));
  const mutants = all.filter(({ id }, index) => id.includes(only) && index % step === 0);
  if (mutants.length === 0) {
    throw new UsageError(`--only ${only}: no mutant has that in its id`);
  }
  return mutants;
}

async function tryAll(
  mutants: readonly Mutant[],
  options: {
    readonly seeds: number;
    readonly boundMs: number;
    readonly shrinkRunsMax: number;
    readonly workers: string | undefined;
  },
): Promise<readonly MutantRow[]> {
  const { seeds, boundMs, shrinkRunsMax, workers } = options;
  const cores = availableParallelism();
  const threads = workers === undefined ? cores : parseWorkers(workers, cores);
  const pool = startMutantWorkers(threads);
  try {
    return await withProgress(`${mutants.length} mutants`, async (tell) => {
      const rows: MutantRow[] = [];
      const left = mutants.entries();
      const lane = async (): Promise<void> => {
        for (const [index, mutant] of left) {
          const beganAtMs = performance.now();
          const tried = await tryInPieces(pool, { id: mutant.id, seeds, shrinkRunsMax }, boundMs);
          const tookMs = Math.round(performance.now() - beganAtMs);
          const { defect, breaks } = mutant;
          rows.push({ ...tried, index, defect, breaks, tookMs });
          tell(`${rows.length} of ${mutants.length} mutants`);
        }
      };
      await Promise.all(Array.from({ length: threads }, lane));
      return rows.toSorted((left, right) => left.index - right.index);
    });
  } finally {
    await pool.close();
  }
}

/** Seeds that are tried at once: a bound of time is for these, so that a slow machine is not it. */
const SEEDS_AT_ONCE = 5;

/** Tries a mutant with more and more seeds, until it is noticed. */
async function tryInPieces(
  pool: MutantWorkers,
  trial: { readonly id: string; readonly seeds: number; readonly shrinkRunsMax: number },
  boundMs: number,
): Promise<TriedMutant> {
  const { id, seeds, shrinkRunsMax } = trial;
  let runs = 0;
  for (let first = 1; ; first += SEEDS_AT_ONCE) {
    const last = Math.min(seeds, first + SEEDS_AT_ONCE - 1);
    const piece = { id, seeds: { first, last }, shrinkRunsMax };
    const tried = await pool.run(piece, AbortSignal.timeout(boundMs));
    runs += tried.runs;
    if (tried.fate !== "survived" || last >= seeds) {
      return { ...tried, runs };
    }
  }
}

function wholeNumber(text: string | undefined, option: string, fallback: number): number {
  return text === undefined ? fallback : parseWholeNumber(text, option);
}
