import { exitCodeOfError, explain } from "./cli/failures.ts";
import { guardOutput } from "./cli/output.ts";
import { runLine } from "./cli/run-line.ts";

guardOutput();
// Node ends with 1 on these, which would say that a promise was broken.
process.on("uncaughtException", (error) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(exitCodeOfError(error));
});

await runLine();
