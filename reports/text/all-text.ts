import picocolors from "picocolors";
import type { AllEvidence } from "../evidence/all-evidence.ts";
import type { Evidence, Verdict } from "../evidence/evidence.ts";
import { visibleText } from "../evidence/visible-text.ts";
import { allVerdictSentence, firedOf, firstDoubts } from "../words/all-words.ts";
import { durationInWords, groupedNumber } from "../words/number-words.ts";
import { annotation, marked, stepSummary } from "./github-text.ts";
import { VERDICT_STYLES, type SummaryOptions } from "./summary-text.ts";

const HEADINGS = ["scenario", "verdict", "runs", "payments", "faults", "situations"] as const;

/** The end of all sweeps for a terminal: a line for each scenario, then the verdict. */
export function allSummaryText(evidence: AllEvidence, { color, wallMs }: SummaryOptions): string {
  const paint = picocolors.createColors(color);
  const told = (verdict: Verdict) => paint[VERDICT_STYLES[verdict]](verdict.toUpperCase());
  const lines = [HEADINGS, ...evidence.scenarios.map(cellsOf)];
  const widths = HEADINGS.map((_heading, column) =>
    Math.max(...lines.map((cells) => cells[column]?.length ?? 0)),
  );
  const rows = lines.map((cells, line) => {
    const verdict = evidence.scenarios[line - 1]?.verdict;
    const padded = cells.map((cell, column) => {
      const width = widths[column] ?? 0;
      const text = column < 2 ? cell.padEnd(width) : cell.padStart(width);
      return column === 1 && verdict !== undefined ? paint[VERDICT_STYLES[verdict]](text) : text;
    });
    return `  ${padded.join("  ")}`;
  });
  const time = wallMs === null ? "" : ` It took ${durationInWords(Math.round(wallMs))}.`;
  return [
    ...rows,
    "",
    `  ${told(evidence.verdict)}  ${allVerdictSentence(evidence)}${time}`,
    ...doubtLines(evidence),
  ].join("\n");
}

function cellsOf({ scenario, verdict, totals, statistics, ...rest }: Evidence): readonly string[] {
  return [
    visibleText(scenario.name),
    verdict.toUpperCase(),
    groupedNumber(totals.runs),
    groupedNumber(totals.payments),
    firedOf(rest, groupedNumber),
    groupedNumber(statistics.situations.distinct),
  ];
}

function doubtLines({ scenarios }: AllEvidence): readonly string[] {
  return scenarios.flatMap((each) =>
    firstDoubts(each).map((doubt) => visibleText(`    ${each.scenario.name}: ${doubt}`)),
  );
}

/** As Markdown, for the summary that GitHub shows of a step: all in a table, then what broke. */
export function allStepSummary(evidence: AllEvidence): string {
  const { verdict, scenarios, command } = evidence;
  return [
    `### ${verdict.toUpperCase()}: ${scenarios.length} scenarios`,
    "",
    marked(allVerdictSentence(evidence)),
    "",
    `| ${HEADINGS.join(" | ")} |`,
    "| --- | --- | ---: | ---: | ---: | ---: |",
    ...scenarios.map((each) => `| ${cellsOf(each).map(marked).join(" | ")} |`),
    "",
    `    ${visibleText(command)}`,
    "",
    ...scenarios.filter((each) => each.verdict !== "pass").map(stepSummary),
  ].join("\n");
}

/** The lines by which GitHub marks a step: one for each scenario that is no pass. */
export function allAnnotations({ scenarios }: AllEvidence): string {
  return scenarios.map(annotation).join("");
}
