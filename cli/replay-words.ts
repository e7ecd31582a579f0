import type { Verdict } from "../reports/evidence/evidence.ts";
import { exitCodeOf, type ExitCode } from "../reports/evidence/verdict.ts";
import { visibleText } from "../reports/evidence/visible-text.ts";
import type { FoundReplayFile } from "../scenarios/plans/replay-file.ts";

/** What a replay came to. */
export interface ReplayEnd {
  readonly verdict: Verdict;
  readonly doubts: readonly string[];
  /** The promises that broke, gravest first. */
  readonly broken: readonly string[];
  /** Null on real servers, which leave none. */
  readonly traceHash: string | null;
  /** The digest of the code that ran. */
  readonly code: string;
}

/** How a replay ended, beside what was recorded: the verdict, then what became of the trace. */
export function describeReplayEnd(replay: FoundReplayFile, end: ReplayEnd): string {
  const lines = [...verdictLines(replay, end), traceLine(replay, end)];
  return lines.map(visibleText).join("\n");
}

/** A trace that the same code does not leave again says nothing about the services. */
export function exitCodeOfReplay(replay: FoundReplayFile, end: ReplayEnd): ExitCode {
  return isDeterministic(replay, end) ? exitCodeOf(end.verdict) : 3;
}

function verdictLines(
  { expected, plan }: FoundReplayFile,
  { verdict, doubts, broken }: ReplayEnd,
): readonly string[] {
  const mutant = plan.mutant === null ? "" : ` (mutant ${plan.mutant})`;
  switch (verdict) {
    case "fail":
      return broken.includes(expected.promise)
        ? [`broken again: ${broken.join(", ")}${mutant}`]
        : [
            `another promise broke than was recorded: ${broken.join(", ")}${mutant}; recorded was ${expected.promise}`,
          ];
    case "pass":
      return [`every promise held this time${mutant}; recorded was that ${expected.promise} broke`];
    case "unknown":
      return [
        `nothing broke${mutant}, and this proves nothing:`,
        ...doubts.map((one) => `  ${one}`),
      ];
  }
}

function traceLine(replay: FoundReplayFile, end: ReplayEnd): string {
  const { expected, writtenBy, isAsWritten } = replay;
  const { traceHash } = end;
  if (traceHash === null) {
    return "real servers leave no trace hash: the same plan may go another way";
  }
  const trace = `trace ${traceHash}`;
  if (!isAsWritten) {
    return `${trace}; the file was changed since falconpay ${writtenBy.product} wrote it, so what it recorded is of another plan`;
  }
  if (expected.traceHash === null) {
    return `${trace}; it was recorded on real servers, which leave none`;
  }
  if (traceHash === expected.traceHash) {
    return `${trace}, as recorded${isSameCode(replay, end) ? "" : ", with other code"}`;
  }
  const recorded = `${trace}, recorded was ${expected.traceHash}`;
  return isSameCode(replay, end)
    ? `${recorded}, by the same code: the simulation is not deterministic`
    : `${recorded}: the code has changed since (then falconpay ${writtenBy.product}, code ${writtenBy.code}; now code ${end.code})`;
}

function isDeterministic(replay: FoundReplayFile, end: ReplayEnd): boolean {
  const { expected, isAsWritten } = replay;
  const { traceHash } = end;
  const differs = expected.traceHash !== null && traceHash !== expected.traceHash;
  return traceHash === null || !(differs && isAsWritten && isSameCode(replay, end));
}

function isSameCode({ writtenBy }: FoundReplayFile, { code }: ReplayEnd): boolean {
  return writtenBy.code === code;
}
