import type { AllEvidence } from "../evidence/all-evidence.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { counted } from "./number-words.ts";

/** The verdict of several scenarios in one sentence, the same for the terminal and for the page. */
export function allVerdictSentence({ scenarios, verdict }: AllEvidence): string {
  const runs = counted(sumOf(scenarios, "runs"), "run");
  switch (verdict) {
    case "pass":
      return `Every promise held in every scenario, in ${runs} with ${counted(sumOf(scenarios, "payments"), "payment")}.`;
    case "fail":
      return `A promise was broken in ${namesOf(scenarios, "fail")}, of ${counted(scenarios.length, "scenario")} with ${runs}.`;
    case "unknown":
      return `Nothing broke, but too little was tried in ${namesOf(scenarios, "unknown")} to say that the promises hold.`;
  }
}

/** Faults that fired, of those planned: `412`, or `410 of 412`. */
export function firedOf(
  { faults }: Pick<Evidence, "faults">,
  number: (count: number) => string,
): string {
  const fired = faults.reduce((sum, fault) => sum + fault.fired, 0);
  const planned = faults.reduce((sum, fault) => sum + fault.planned, 0);
  return fired === planned ? number(fired) : `${number(fired)} of ${number(planned)}`;
}

/** A scenario of which nothing was run has a doubt for each promise. */
const DOUBTS_MAX = 3;

/** The first doubts of a scenario, and how many more its own section tells. */
export function firstDoubts({ doubts }: Pick<Evidence, "doubts">): readonly string[] {
  const more = doubts.length - DOUBTS_MAX;
  return [...doubts.slice(0, DOUBTS_MAX), ...(more > 0 ? [`And ${more} more.`] : [])];
}

function sumOf(scenarios: readonly Evidence[], what: "runs" | "payments"): number {
  return scenarios.reduce((sum, { totals }) => sum + totals[what], 0);
}

function namesOf(scenarios: readonly Evidence[], verdict: Evidence["verdict"]): string {
  const names = scenarios
    .filter((each) => each.verdict === verdict)
    .map(({ scenario }) => scenario.name);
  return new Intl.ListFormat("en").format(names);
}
