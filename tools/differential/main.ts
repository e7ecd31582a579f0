import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { findPostgres } from "../../chaos/install/machine-tools.ts";
import { startScratchPostgres } from "./servers/scratch-postgres.ts";
import { fetchSpecs } from "./specs/fetch-specs.ts";
import { MUST_PASS } from "./specs/spec-lists.ts";
import { formatVerdicts, specNames, surveySpecs } from "./specs/survey-specs.ts";
import { formatSurvey } from "./surface/format-survey.ts";
import { createSurfaceWorlds } from "./surface/surface-worlds.ts";
import { surveySurface } from "./surface/survey-surface.ts";

const program = new Command("differential").description(
  "holds the simulated PostgreSQL against a real one, for longer than the tests do",
);

program
  .command("surface")
  .description("random statements over the whole grammar: same, refused by name, or wrong")
  .option("--count <n>", "how many statements", readCount, 2_000)
  .option("--seed <n>", "the first seed", readCount, 1)
  .option("--out <file>", "write the page there and not to the standard output")
  .action(
    async (options: { readonly count: number; readonly seed: number; readonly out?: string }) => {
      const server = await startScratchPostgres();
      try {
        const worlds = await createSurfaceWorlds(server);
        const survey = await surveySurface(worlds, {
          firstSeed: options.seed,
          count: options.count,
        });
        await worlds.close();
        const page = formatSurvey(survey, worlds.missing);
        if (options.out === undefined) {
          process.stdout.write(page);
        } else {
          await writeFile(options.out, page);
        }
        process.exitCode = survey.groups.some(({ kind }) => kind === "wrong") ? 1 : 0;
      } finally {
        await server.stop();
      }
    },
  );

program
  .command("specs")
  .description("PostgreSQL's isolation specs: each passes, is refused by name, or differs")
  .argument("[names...]", "the specs to play; those that must pass when none is named, or: all")
  .option("--out <file>", "write the page there and not to the standard output")
  .action(async (names: readonly string[], options: { readonly out?: string }) => {
    const server = await startScratchPostgres();
    try {
      const folder = join(await fetchSpecs(Number.parseInt(server.version, 10)), "specs");
      const wanted =
        names[0] === "all" ? await specNames(folder) : names.length > 0 ? names : MUST_PASS;
      const verdicts = await surveySpecs(server, folder, wanted);
      await tell(formatVerdicts(verdicts), options.out);
      process.exitCode = verdicts.some(({ kind }) => kind === "differs") ? 1 : 0;
    } finally {
      await server.stop();
    }
  });

program
  .command("fetch")
  .description("takes PostgreSQL's isolation specs into the cache")
  .argument("[major]", "the server's major version", readCount)
  .action(async (major: number | undefined) => {
    const found = await findPostgres();
    const version = found.kind === "found" ? Number.parseInt(found.value.version, 10) : undefined;
    const wanted = major ?? version;
    if (wanted === undefined) {
      throw new Error("this machine has no PostgreSQL, so the major version must be named");
    }
    await fetchSpecs(wanted);
  });

await program.parseAsync();

async function tell(page: string, file: string | undefined): Promise<void> {
  if (file === undefined) {
    process.stdout.write(page);
  } else {
    await writeFile(file, page);
  }
}

function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new InvalidArgumentError("a whole number");
  }
  return count;
}
