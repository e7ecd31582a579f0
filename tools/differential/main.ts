import { writeFile } from "node:fs/promises";
import { Command, InvalidArgumentError } from "commander";
import { startScratchPostgres } from "./servers/scratch-postgres.ts";
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

await program.parseAsync();

function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new InvalidArgumentError("a whole number");
  }
  return count;
}
