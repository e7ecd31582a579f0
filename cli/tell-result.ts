import { join } from "node:path";
import { findAnyMutant } from "../mutation/find-mutant.ts";
import type { AllEvidence } from "../reports/evidence/all-evidence.ts";
import type { Evidence } from "../reports/evidence/evidence.ts";
import { exitCodeOf, type ExitCode } from "../reports/evidence/verdict.ts";
import { formsOf } from "../reports/forms.ts";
import { failureText } from "../reports/text/failure-text.ts";
import { reportText } from "../reports/text/summary-text.ts";
import { writeReport } from "../reports/write-report.ts";
import { writeWhole } from "../reports/write-whole.ts";
import { conclude } from "./conclude.ts";
import { exitCodeOfError, explain } from "./failures.ts";
import { tellGithub } from "./github.ts";
import { say } from "./output.ts";

/** What a command that runs plans came to. */
export interface CommandResult {
  readonly evidence: Evidence | AllEvidence;
  /** What ended it before its time; the evidence tells of what was done until then. */
  readonly error: { readonly error: unknown } | null;
}

export interface TellOptions {
  /** Where everything is written. */
  readonly out: string;
  /** Whether the evidence is printed in place of the summary. */
  readonly isData: boolean;
  /** How long the runs took; null where nothing was run. */
  readonly wallMs: number | null;
  /** What broke, in words; empty where nothing did. */
  readonly failure: string;
  /** What to do next, in words; empty where there is nothing. */
  readonly hint: string;
  /** Writes what lies beside the evidence. */
  readonly writeBeside: () => Promise<void>;
}

/**
 * Tells the verdict, then writes the evidence, its page, JUnit and the replay files: a full disk
 * does not take the verdict away. Sets the exit code.
 */
export async function tellResult(result: CommandResult, options: TellOptions): Promise<void> {
  const { evidence, error } = result;
  const { isData, wallMs, failure, hint } = options;
  const forms = formsOf(evidence);
  const color = process.stdout.isTTY && process.env["NO_COLOR"] === undefined;
  await say(isData ? forms.data() : `${forms.summary({ wallMs, color })}\n`);
  const tell = isData ? (text: string) => void process.stderr.write(text) : say;
  if (failure !== "") {
    await tell(`\n${failure}\n`);
  }
  await conclude(exitCodeOfResult(result), async () => {
    const reportPath = await write(result, options);
    await tellGithub(forms);
    await tell(`${failure === "" ? "" : "\n"}${reportText(reportPath)}\n`);
    if (hint !== "") {
      await tell(`\n${hint}\n`);
    }
  });
  if (error !== null) {
    process.stderr.write(`\nended by an error:\n${explain(error.error)}\n`);
  }
}

/** What broke, where something did; of a mutant, also that something else did. */
export function failureOf(evidence: Evidence): string {
  const { mutant } = evidence;
  if (evidence.findings.length > 0) {
    return failureText(evidence);
  }
  return mutant !== null && evidence.verdict === "fail"
    ? `mutant ${mutant.id} was caught, but not by ${findAnyMutant(mutant.id)?.breaks}, the promise named for it`
    : "";
}

/** An error that ended the command goes before every verdict but that a promise is broken. */
function exitCodeOfResult({ evidence, error }: CommandResult): ExitCode {
  return error === null || evidence.verdict === "fail"
    ? exitCodeOf(evidence.verdict)
    : exitCodeOfError(error.error);
}

async function write(
  { evidence }: CommandResult,
  { out, wallMs, writeBeside }: TellOptions,
): Promise<string> {
  await writeBeside();
  const { reportPath } = await writeReport(evidence, { folder: out });
  await writeWhole(join(out, "junit.xml"), formsOf(evidence).junit({ wallMs }));
  return reportPath;
}
