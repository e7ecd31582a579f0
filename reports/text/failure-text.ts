import type { Evidence, Finding } from "../evidence/evidence.ts";
import { visibleText } from "../evidence/visible-text.ts";
import { counted, groupedNumber } from "../words/number-words.ts";
import { smallestWords } from "../words/smallest-words.ts";

/**
 * What broke, for a terminal or a log, four lines per finding: the promise and how often it broke,
 * the first case, how small it was made, the command that replays it. Findings are apart by an
 * empty line; the text ends without a newline and is empty when nothing was found.
 */
export function failureText(evidence: Pick<Evidence, "findings" | "promises" | "totals">): string {
  return evidence.findings.map((finding) => textOf(finding, evidence)).join("\n\n");
}

function textOf(finding: Finding, evidence: Pick<Evidence, "promises" | "totals">): string {
  const promise = evidence.promises.find(({ name }) => name === finding.promise);
  const often = [
    finding.extent,
    promise === undefined
      ? ""
      : `in ${groupedNumber(promise.brokenRuns)} of ${counted(evidence.totals.runs, "run")}`,
  ].filter((part) => part !== "");
  const lines = [
    `${finding.promise} broken: ${asClause(finding.sentence)} ${often.join("; ")}`,
    `first: ${finding.first}`,
    `smallest: ${smallestWords(finding.smallest)}`,
    `replay: ${finding.replay.command}`,
  ];
  return lines.map(visibleText).join("\n");
}

/**
 * "Money is neither made nor lost" goes on after a colon as "money is ..."; "COMPLETED is" stays.
 */
function asClause(sentence: string): string {
  const first = /^\p{Lu}(?!\p{Lu})/u.exec(sentence)?.[0] ?? "";
  const clause = first.toLowerCase() + sentence.slice(first.length);
  return /[.!?]$/u.test(clause) ? clause : `${clause}.`;
}
