import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { findPostgres } from "../../chaos/install/machine-tools.ts";
import { formatSchedules, SCHEDULE_KINDS, surveySchedules } from "./schedules/survey-schedules.ts";
import { type ScratchPostgres, startScratchPostgres } from "./servers/scratch-postgres.ts";
import { fetchSpecs } from "./specs/fetch-specs.ts";
import { MUST_PASS } from "./specs/spec-lists.ts";
import { formatVerdicts, specNames, surveySpecs } from "./specs/survey-specs.ts";
import { formatSurvey } from "./surface/format-survey.ts";
import { createSurfaceWorlds } from "./surface/surface-worlds.ts";
import { surveySurface } from "./surface/survey-surface.ts";

/** What came of a comparison: a page to read, and whether all is well. */
interface Outcome {
  readonly page: string;
  readonly isWell: boolean;
}

interface Range {
  readonly count: number;
  readonly seed: number;
  readonly out?: string;
}

const program = new Command("differential").description(
  "holds the simulated PostgreSQL against a real one, for longer than the tests do",
);

ranged("surface", 2_000)
  .description("random statements over the whole grammar: same, refused by name, or wrong")
  .option("--examples <n>", "how many of each kind are made small and told", readCount)
  .action(({ count, seed, out, examples }: Range & { readonly examples?: number }) =>
    compare(out, async (server) => {
      const worlds = await createSurfaceWorlds(server);
      const range = { firstSeed: seed, count };
      const survey = await surveySurface(
        worlds,
        examples === undefined ? range : { ...range, examples },
      );
      await worlds.close();
      return {
        page: formatSurvey(survey, worlds.missing),
        isWell: survey.groups.every(({ kind }) => kind !== "wrong"),
      };
    }),
  );

ranged("schedules", 200)
  .description("random schedules of several sessions: what waits, what is answered, what fails")
  .argument("[isolation]", `one of: ${Object.keys(SCHEDULE_KINDS).join(", ")}`, "read committed")
  .option("--without <text...>", "leave out the statements that contain it")
  .action((isolation: string, options: Range & { readonly without?: readonly string[] }) =>
    compare(options.out, async (server) => {
      const kind = new Map(Object.entries(SCHEDULE_KINDS)).get(isolation);
      if (kind === undefined) {
        throw new InvalidArgumentError(`there are no schedules ${isolation}`);
      }
      const range = { firstSeed: options.seed, count: options.count };
      const survey = await surveySchedules(server, kind, {
        ...range,
        without: options.without ?? [],
      });
      return { page: formatSchedules(survey), isWell: survey.unexplained.length === 0 };
    }),
  );

program
  .command("specs")
  .description("PostgreSQL's isolation specs: each passes, is refused by name, or differs")
  .argument("[names...]", "the specs to play; those that must pass when none is named, or: all")
  .option("--out <file>", "write the page there and not to the standard output")
  .action((names: readonly string[], { out }: { readonly out?: string }) =>
    compare(out, async (server) => {
      const folder = join(await fetchSpecs(Number.parseInt(server.version, 10)), "specs");
      const named = names.length > 0 ? names : MUST_PASS;
      const wanted = names[0] === "all" ? await specNames(folder) : named;
      const verdicts = await surveySpecs(server, folder, wanted);
      const isWell = verdicts.every(({ kind }) => kind !== "differs");
      return { page: formatVerdicts(verdicts), isWell };
    }),
  );

program
  .command("fetch")
  .description("takes PostgreSQL's isolation specs into the cache")
  .action(async () => {
    const found = await findPostgres();
    if (found.kind === "missing") {
      throw new Error(`${found.problem.what}: ${found.problem.mend}`);
    }
    await fetchSpecs(Number.parseInt(found.value.version, 10));
  });

await program.parseAsync();

function ranged(name: string, count: number): Command {
  return program
    .command(name)
    .option("--count <n>", "how many", readCount, count)
    .option("--seed <n>", "the first seed", readCount, 1)
    .option("--out <file>", "write the page there and not to the standard output");
}

/** Runs a comparison beside a server of its own; the exit code is 1 when not all is well. */
async function compare(
  out: string | undefined,
  run: (server: ScratchPostgres) => Promise<Outcome>,
): Promise<void> {
  const server = await startScratchPostgres();
  try {
    const { page, isWell } = await run(server);
    if (out === undefined) {
      process.stdout.write(page);
    } else {
      await writeFile(out, page);
    }
    process.exitCode = isWell ? 0 : 1;
  } finally {
    await server.stop();
  }
}

function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new InvalidArgumentError("a whole number");
  }
  return count;
}
