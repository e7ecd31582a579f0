import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { generateMutants } from "../mutation/generate/generate-mutants.ts";
import { writeWhole } from "../reports/write-whole.ts";
import type { Mutant } from "../scenarios/mutants/mutant.ts";
import { MUTANTS } from "../scenarios/mutants/mutants.ts";
import type { MutantTrial, TriedMutant } from "../sim/world/mutant-trial.ts";
import { startMutantWorkers, type MutantWorkers } from "../sim/world/mutant-workers.ts";
import { afterComputing } from "./computing-time.ts";
import { conclude } from "./conclude.ts";
import { UsageError } from "./failures.ts";
import { onInterruption } from "./interruption.ts";
import { codeThatRuns } from "./made-by.ts";
import { parseMutantRows } from "./mutant-rows-codec.ts";
import { failedMutants, killedText, matrixText, type MutantRow } from "./mutants-text.ts";
import { parseWholeNumber, parseWorkers } from "./options.ts";
import { say } from "./output.ts";
import { productVersion } from "./product.ts";
import { withProgress } from "./progress.ts";

const FILE = "mutants.json";

const DEFAULTS = { seeds: 200, boundS: 60, shrinkRuns: 60, out: "out" } as const;

interface MutantsOptions {
  readonly generate?: true;
  readonly only?: string;
  readonly every?: string;
  readonly seeds?: string;
  readonly bound?: string;
  readonly shrinkRuns?: string;
  readonly workers?: string;
  readonly resume?: true;
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
      `how long five seeds of a mutant may compute; one that takes longer spins (default: ${DEFAULTS.boundS})`,
    )
    .option(
      "--shrink-runs <count>",
      `variants tried to make what kills a listed mutant smaller (default: ${DEFAULTS.shrinkRuns})`,
    )
    .option(
      "--resume",
      "keep what mutants.json in that folder says; try the survivors with the seeds that they have not had",
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
  const known = options.resume === true ? await rowsIn(options.out) : [];
  const { rows, isWhole } = await tryAll(mutants, {
    seeds,
    boundMs,
    shrinkRunsMax,
    workers: options.workers,
    known,
  });
  await say(`${matrixText(rows, isGenerated)}\n`);
  const failed = isGenerated ? [] : failedMutants(rows);
  await conclude(failed.length > 0 ? 1 : isWhole ? 0 : 5, async () => {
    const file = join(options.out, FILE);
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

/** What an earlier command wrote into that folder; nothing where there is none. */
async function rowsIn(folder: string): Promise<readonly MutantRow[]> {
  const file = join(folder, FILE);
  return existsSync(file) ? parseMutantRows(await readFile(file, "utf8")) : [];
}

/** Tries them one after the other in each thread. An interruption keeps what is done. */
async function tryAll(
  mutants: readonly Mutant[],
  options: {
    readonly seeds: number;
    readonly boundMs: number;
    readonly shrinkRunsMax: number;
    readonly workers: string | undefined;
    /** What was found out before. */
    readonly known: readonly MutantRow[];
  },
): Promise<{ readonly rows: readonly MutantRow[]; readonly isWhole: boolean }> {
  const { seeds, boundMs, shrinkRunsMax, workers } = options;
  const cores = availableParallelism();
  const threads = workers === undefined ? cores : parseWorkers(workers, cores);
  const known = new Map(options.known.map((row) => [`${row.id} ${row.defect}`, row]));
  const pool = startMutantWorkers(threads);
  const interruption = onInterruption();
  try {
    return await withProgress(`${mutants.length} mutants`, async (tell) => {
      const rows: MutantRow[] = [];
      const left = mutants.entries();
      const lane = async (): Promise<void> => {
        for (const [index, mutant] of left) {
          if (interruption.signal.aborted) {
            return;
          }
          const { id, defect, breaks } = mutant;
          const before = known.get(`${id} ${defect}`);
          const firstSeed = 1 + (before?.fate === "survived" ? before.seeds : 0);
          if (before !== undefined && (before.fate !== "survived" || firstSeed > seeds)) {
            rows.push({ ...before, index });
            continue;
          }
          const beganAtMs = performance.now();
          const trial = { id, seeds: { first: firstSeed, last: seeds }, shrinkRunsMax };
          const tried = await tryInPieces(pool, trial, { boundMs, threads });
          const tookMs = Math.round(performance.now() - beganAtMs);
          rows.push({ ...tried, index, defect, breaks, seeds, tookMs });
          tell(`${rows.length} of ${mutants.length} mutants, ${killedText(rows)}`);
        }
      };
      await Promise.all(Array.from({ length: threads }, lane));
      const sorted = rows.toSorted((one, other) => one.index - other.index);
      return { rows: sorted, isWhole: rows.length === mutants.length };
    });
  } finally {
    interruption.dispose();
    await pool.close();
  }
}

/** Seeds that are tried at once: a bound of time is for these. */
const SEEDS_AT_ONCE = 5;

/** Tries a mutant with more and more seeds, until it is noticed. */
async function tryInPieces(
  pool: MutantWorkers,
  trial: MutantTrial,
  { boundMs, threads }: { readonly boundMs: number; readonly threads: number },
): Promise<TriedMutant> {
  const { seeds } = trial;
  let runs = 0;
  for (let { first } = seeds; ; first += SEEDS_AT_ONCE) {
    const last = Math.min(seeds.last, first + SEEDS_AT_ONCE - 1);
    const bound = afterComputing(boundMs, threads);
    try {
      const tried = await pool.run({ ...trial, seeds: { first, last } }, bound.signal);
      runs += tried.runs;
      if (tried.fate !== "survived" || last >= seeds.last) {
        return { ...tried, runs };
      }
    } finally {
      bound.dispose();
    }
  }
}

function wholeNumber(text: string | undefined, option: string, fallback: number): number {
  return text === undefined ? fallback : parseWholeNumber(text, option);
}
