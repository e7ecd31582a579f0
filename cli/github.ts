import { appendFile } from "node:fs/promises";
import type { Evidence } from "../reports/evidence/evidence.ts";
import { annotation, stepSummary } from "../reports/text/github-text.ts";
import { UnwritableOutput, writeErrorInWords } from "../reports/write-whole.ts";

/** Tells GitHub of a run, where it runs there: a mark on the step, and the step's summary. */
export async function tellGithub(evidence: Evidence): Promise<void> {
  if (process.env["GITHUB_ACTIONS"] !== "true") {
    return;
  }
  // GitHub reads both streams; standard output may be the evidence itself.
  process.stderr.write(annotation(evidence));
  const file = process.env["GITHUB_STEP_SUMMARY"];
  if (file === undefined || file === "") {
    return;
  }
  try {
    await appendFile(file, stepSummary(evidence));
  } catch (cause) {
    const reason = writeErrorInWords(cause);
    throw new UnwritableOutput(`cannot write the step's summary: ${reason}`, { cause });
  }
}
