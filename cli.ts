import { CommanderError } from "commander";
import { exitCodeOfError, explain } from "./cli/failures.ts";
import { guardOutput } from "./cli/output.ts";
import { createProgram } from "./cli/program.ts";

guardOutput();
// Node ends with 1 on these, which would say that a promise was broken.
process.on("uncaughtException", (error) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(exitCodeOfError(error));
});

try {
  await createProgram().parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) {
    process.stderr.write(`${explain(error)}\n`);
  }
  process.exitCode = exitCodeOfError(error);
}
