import type { Evidence, PromiseEvidence } from "../evidence/evidence.ts";
import { visibleText } from "../evidence/visible-text.ts";
import { groupedNumber } from "../words/number-words.ts";
import { verdictSentence } from "../words/verdict-sentence.ts";
import { worldName } from "../words/world-name.ts";
import { failureText } from "./failure-text.ts";

/** The evidence as Markdown, for the summary that GitHub shows of a step. */
export function stepSummary(evidence: Evidence): string {
  const { scenario, world, mutant, verdict, doubts, promises, command } = evidence;
  const variant = mutant === null ? "" : `, mutant ${mutant.id} (broken on purpose)`;
  return [
    `### ${verdict.toUpperCase()}: ${marked(`${scenario.name}, ${worldName(world)}${variant}`)}`,
    "",
    marked(verdictSentence(evidence)),
    ...doubts.map((doubt) => `- ${marked(doubt)}`),
    "",
    "| promise | result | checks |",
    "| --- | --- | ---: |",
    ...promises.map(
      (each) => `| ${marked(each.name)} | ${resultOf(each)} | ${groupedNumber(each.checks)} |`,
    ),
    "",
    ...failureText(evidence)
      .split("\n")
      .map((line) => (line === "" ? "" : `    ${line}`)),
    "",
    `    ${visibleText(command)}`,
    "",
  ].join("\n");
}

function resultOf({ brokenRuns, checks }: PromiseEvidence): string {
  return brokenRuns > 0 ? "**broken**" : checks === 0 ? "unknown" : "held";
}

/** A text in which nothing acts as Markdown or HTML. */
export function marked(text: string): string {
  return visibleText(text).replace(/[\\`*_{}[\]<>()#+!|&~-]/g, (one) => `&#${one.charCodeAt(0)};`);
}

/**
 * The line by which GitHub marks a step: an error for a broken promise, a warning for a run that
 * proves nothing, nothing for a pass. A mutant that is noticed is what was asked for.
 */
export function annotation(evidence: Evidence): string {
  const { verdict, mutant, scenario, doubts } = evidence;
  switch (verdict) {
    case "pass":
      return mutant === null
        ? ""
        : line("error", `${scenario.name}: mutant ${mutant.id} was not noticed`, mutant.defect);
    case "fail":
      return mutant === null
        ? line("error", `${scenario.name}: a promise was broken`, failureOf(evidence))
        : "";
    case "unknown":
      return line("warning", `${scenario.name}: the run proves nothing`, doubts.join("\n"));
  }
}

function failureOf(evidence: Evidence): string {
  const text = failureText(evidence);
  return text === "" ? verdictSentence(evidence) : text;
}

function line(kind: "error" | "warning", title: string, message: string): string {
  const lines = message.split("\n").map(visibleText).join("\n");
  return `::${kind} title=${property(title)}::${escaped(lines)}\n`;
}

function property(text: string): string {
  return escaped(visibleText(text)).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

function escaped(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
