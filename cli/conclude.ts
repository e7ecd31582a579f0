import type { ExitCode } from "../reports/evidence/verdict.ts";
import { UnwritableOutput } from "../reports/write-whole.ts";
import { exitCodeUnwritten, explain } from "./failures.ts";

/**
 * Writes what a verdict leaves, after it was told. What cannot be written is told on standard error
 * and does not take the verdict away.
 */
export async function conclude(exitCode: ExitCode, write: () => Promise<void>): Promise<void> {
  // Whatever happens from here on, the verdict is known.
  process.exitCode = exitCode;
  try {
    await write();
  } catch (error) {
    if (!(error instanceof UnwritableOutput)) {
      throw error;
    }
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = exitCodeUnwritten(exitCode);
  }
}
