import { CommanderError } from "commander";
import { exitCodeOfError, explain } from "./failures.ts";
import { createProgram } from "./program.ts";

/**
 * Runs a command line, that of this process unless one is given, and sets the exit code of the
 * process: what goes wrong is told on standard error.
 */
export async function runLine(commandLine?: readonly string[]): Promise<void> {
  try {
    await (commandLine === undefined
      ? createProgram().parseAsync()
      : createProgram().parseAsync(commandLine, { from: "user" }));
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      process.stderr.write(`${explain(error)}\n`);
    }
    process.exitCode = exitCodeOfError(error);
  }
}
