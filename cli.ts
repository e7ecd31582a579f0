import { CommanderError } from "commander";
import { exitCodeOfError, explain } from "./cli/failures.ts";
import { createProgram } from "./cli/program.ts";

try {
  await createProgram().parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) {
    process.stderr.write(`${explain(error)}\n`);
  }
  process.exitCode = exitCodeOfError(error);
}
