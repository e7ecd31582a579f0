import picocolors from "picocolors";
import type { Evidence, PromiseEvidence, Verdict } from "../evidence/evidence.ts";
import { visibleText } from "../evidence/visible-text.ts";
import { levelWords } from "../words/level-words.ts";
import { counted, durationInWords, groupedNumber } from "../words/number-words.ts";
import { seedsDone } from "../words/seeds-done.ts";
import { seenToFailWords } from "../words/seen-to-fail.ts";
import { noFailureWords, varietyWords } from "../words/statistics-words.ts";
import { verdictSentence } from "../words/verdict-sentence.ts";
import { worldName } from "../words/world-name.ts";
import { crashPointRows } from "./crash-point-rows.ts";

const VALUE_COLUMN = 15;

/** What was measured beside the run, and how to show it: none of it is evidence. */
export interface SummaryOptions {
  /** How long the runs took on this machine, in milliseconds of real time; null where none were. */
  readonly wallMs: number | null;
  /** Whether to colour; the caller knows of NO_COLOR and of terminals. */
  readonly color: boolean;
}

type Paint = ReturnType<typeof picocolors.createColors>;

/** The end of a run for a terminal: several aligned lines, without a newline at the end. */
export function summaryText(evidence: Evidence, options: SummaryOptions): string {
  const paint = picocolors.createColors(options.color);
  const { name, title } = evidence.scenario;
  return [
    `${paint.bold(visibleText(name))}: ${visibleText(title)}`,
    "",
    ...mutantLines(evidence, paint),
    ...table(countRows(evidence)),
    "",
    "  promises",
    ...promiseLines(evidence.promises, paint),
    "",
    ...verdictLines(evidence, paint),
    ...table([
      ...evidence.seenToFail.map((each): readonly [string, string] => [
        "last failed",
        visibleText(seenToFailWords(each)),
      ]),
      ...statisticRows(evidence),
      ...traceRows(evidence),
      ...speedRows(evidence, options.wallMs),
    ]),
  ].join("\n");
}

/** Where the report lies, as the user can open it: a line more, once it was written. */
export function reportText(path: string): string {
  return table([["report", visibleText(path)]]).join("\n");
}

function mutantLines(evidence: Evidence, paint: Paint): readonly string[] {
  if (evidence.mutant === null) {
    return [];
  }
  const { id, defect } = evidence.mutant;
  const told = `  mutant ${visibleText(id)}: the services are broken on purpose. ${visibleText(defect)}`;
  return [paint.yellow(told), ""];
}

function countRows(evidence: Evidence): readonly (readonly [string, string])[] {
  const { cases, crashPoints, faults, level, totals, world } = evidence;
  const unfinished = totals.payments - totals.completed - totals.failed;
  const width = Math.max(
    ...[totals.runs, totals.payments].map((count) => groupedNumber(count).length),
  );
  const number = (count: number): string => groupedNumber(count).padStart(width);
  return [
    ["runs", `${number(totals.runs)}  ${worldName(world)}, ${seedsDone(evidence)}`],
    ...crashPointRows(crashPoints),
    ...levelRows(level),
    ["payments", number(totals.payments)],
    ["  completed", number(totals.completed)],
    ["  refused", number(totals.failed)],
    ...totals.refusals.map(({ reason, count }): readonly [string, string] => [
      "",
      `${number(count)}  ${visibleText(reason)}`,
    ]),
    ...(unfinished > 0 ? [["  unfinished", number(unfinished)] as const] : []),
    ...faultRows(faults, number),
    ...caseRows(cases, number),
  ];
}

function levelRows(level: Evidence["level"]): readonly (readonly [string, string])[] {
  return level === null ? [] : [["level", visibleText(levelWords(level))]];
}

/** How many of the cases were reached, and by name those that were not. */
function caseRows(
  cases: Evidence["cases"],
  number: (count: number) => string,
): readonly (readonly [string, string])[] {
  const missing = cases.filter(({ count }) => count === 0).map(({ name }) => visibleText(name));
  const reached = cases.length - missing.length;
  return cases.length === 0
    ? []
    : [
        ["cases", `${number(reached)}  reached of ${cases.length} that are aimed at`],
        ...missing.map((name): readonly [string, string] => ["", `never reached: ${name}`]),
      ];
}

function faultRows(
  faults: Evidence["faults"],
  number: (count: number) => string,
): readonly (readonly [string, string])[] {
  if (faults.length === 0) {
    return [["faults", `${number(0)}  none was planned`]];
  }
  return faults.map(({ many, planned, fired }): readonly [string, string] => [
    visibleText(many),
    `${number(fired)}  fired of ${groupedNumber(planned)} planned`,
  ]);
}

function promiseLines(promises: readonly PromiseEvidence[], paint: Paint): readonly string[] {
  const nameWidth = Math.max(0, ...promises.map(({ name }) => visibleText(name).length));
  const checksWidth = Math.max(0, ...promises.map(({ checks }) => groupedNumber(checks).length));
  return promises.map(({ name, checks, brokenRuns }) => {
    const told = visibleText(name).padEnd(nameWidth);
    const times = `${groupedNumber(checks).padStart(checksWidth)} ${checks === 1 ? "check" : "checks"}`;
    if (brokenRuns > 0) {
      return `    ${told}  ${paint.red("BROKEN ")}  ${times}, broken in ${counted(brokenRuns, "run")}`;
    }
    if (checks === 0) {
      return `    ${told}  ${paint.yellow("unknown")}  ${times}`;
    }
    return `    ${told}  ${paint.green("held   ")}  ${times}`;
  });
}

/** The colour of each. */
export const VERDICT_STYLES = {
  pass: "green",
  fail: "red",
  unknown: "yellow",
} as const satisfies Record<Verdict, string>;

function verdictLines(evidence: Evidence, paint: Paint): readonly string[] {
  const word = paint[VERDICT_STYLES[evidence.verdict]](evidence.verdict.toUpperCase());
  return [
    ...table([["verdict", `${word}  ${verdictSentence(evidence)}`]]),
    ...evidence.doubts.map((doubt) => `${" ".repeat(VALUE_COLUMN)}${visibleText(doubt)}`),
  ];
}

/** How much was seen, and what it means that nothing failed. */
function statisticRows(evidence: Evidence): readonly (readonly [string, string])[] {
  const noFailure = noFailureWords(evidence);
  return [
    ...varietyWords(evidence).map(({ name, text }): readonly [string, string] => [name, text]),
    ...(noFailure === undefined ? [] : [["failures", noFailure] as const]),
  ];
}

/** Real servers leave no trace. */
function traceRows({ traceHash }: Evidence): readonly (readonly [string, string])[] {
  return traceHash === null
    ? []
    : [["trace", `${visibleText(traceHash)}  the same for the same seeds`]];
}

function speedRows(
  evidence: Evidence,
  wallMs: number | null,
): readonly (readonly [string, string])[] {
  return wallMs === null ? [] : [["speed", speed(evidence, wallMs)]];
}

function speed(evidence: Evidence, wallMs: number): string {
  // Of a certificate one seed is run again and again.
  const done = evidence.crashPoints === null ? evidence.seeds.completed : evidence.totals.runs;
  const noun = evidence.crashPoints === null ? "seeds" : "runs";
  const seeds = perSecond(done, wallMs);
  const took = `in ${durationInWords(Math.round(wallMs))}`;
  if (evidence.world === "real") {
    return `${seeds} ${noun} per second, ${took}`;
  }
  const simulated = perSecond(evidence.totals.simulatedMs / 1_000, wallMs);
  return `${seeds} ${noun} per second, ${simulated} simulated seconds per second, ${took}`;
}

/** One digit after the point below a hundred, whole above. */
function perSecond(amount: number, wallMs: number): string {
  if (wallMs <= 0) {
    return "0";
  }
  const rate = (amount * 1_000) / wallMs;
  return rate < 100 ? rate.toFixed(1) : groupedNumber(Math.round(rate));
}

function table(rows: readonly (readonly [string, string])[]): readonly string[] {
  return rows.map(([label, value]) => `  ${label}`.padEnd(VALUE_COLUMN) + value);
}
