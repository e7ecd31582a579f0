import { appendFile } from "node:fs/promises";
import type { Forms } from "../reports/forms.ts";
import { UnwritableOutput, writeErrorInWords } from "../reports/write-whole.ts";

/** Tells GitHub of a run, where it runs there: a mark on the step, and the step's summary. */
export async function tellGithub(forms: Pick<Forms, "annotation" | "stepSummary">): Promise<void> {
  if (process.env["GITHUB_ACTIONS"] !== "true") {
    return;
  }
  // GitHub reads both streams; standard output may be the evidence itself.
  process.stderr.write(forms.annotation());
  const file = process.env["GITHUB_STEP_SUMMARY"];
  if (file === undefined || file === "") {
    return;
  }
  try {
    await appendFile(file, forms.stepSummary());
  } catch (cause) {
    const reason = writeErrorInWords(cause);
    throw new UnwritableOutput(`cannot write the step's summary: ${reason}`, { cause });
  }
}
