import { Command, CommanderError, InvalidArgumentError } from "commander";
import { benchKernel } from "./kernel/kernel.ts";
import { benchPostgres } from "./postgres.ts";
import { benchReconciliation } from "./reconciliation.ts";
import { encodeRows, formatRows, missedFloors, type BenchRow } from "./row.ts";
import { benchSweep } from "./sweep.ts";
import { benchSystem } from "./system.ts";

interface BenchOptions {
  readonly json?: true;
  readonly profile?: string;
  readonly sizes?: readonly number[];
}

/** Every benchmark by name; each measures side by side in one run. */
const BENCHMARKS: ReadonlyMap<string, (options: BenchOptions) => Promise<readonly BenchRow[]>> =
  new Map([
    ["kernel", benchKernel],
    ["postgres", benchPostgres],
    ["reconciliation", ({ sizes }: BenchOptions) => benchReconciliation(sizes)],
    ["sweep", benchSweep],
    ["system", ({ profile }: BenchOptions) => benchSystem(profile)],
  ]);

const program = new Command("bench")
  .description("measures, prints a table, and ends with 1 when a floor is missed")
  .argument("<name>", `one of: ${[...BENCHMARKS.keys()].join(", ")}`)
  .option("--json", "print the rows as JSON instead of the table")
  .option("--profile <folder>", "of system: where each service leaves its processor profile")
  .option("--sizes <list>", "of reconciliation: payments of each history", parseSizes)
  .exitOverride()
  .action(async (name: string, options: BenchOptions) => {
    const measure = BENCHMARKS.get(name);
    if (measure === undefined) {
      const known = [...BENCHMARKS.keys()].join(", ");
      process.stderr.write(`there is no benchmark ${name}; there are: ${known}\n`);
      process.exitCode = 2;
      return;
    }
    const rows = await measure(options);
    process.stdout.write(options.json === true ? encodeRows(rows) : formatRows(rows));
    process.exitCode = missedFloors(rows).length > 0 ? 1 : 0;
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) {
    throw error;
  }
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}

/** `10000,100000`, the smallest first. @throws InvalidArgumentError */
function parseSizes(text: string): readonly number[] {
  const sizes = text.split(",").map((each) => (/^[0-9]{1,7}$/.test(each) ? Number(each) : 0));
  const isRising = sizes.every((size, index) => size > (sizes[index - 1] ?? 0));
  if (!isRising) {
    throw new InvalidArgumentError("expected rising numbers such as 10000,100000");
  }
  return sizes;
}
