import type { Evidence } from "../evidence/evidence.ts";
import { counted } from "../words/number-words.ts";
import { figure } from "./figure.ts";
import { html, type Html } from "./html.ts";

/** Below this the rule of three is a poor approximation of the exact bound, 1 - 0.05^(1/N). */
const RUNS_FOR_RULE_OF_THREE = 30;

/** What a reader must not conclude from the page. */
export function limitsSection(evidence: Evidence): Html {
  const limits = [
    mutantLimit(evidence.mutant),
    faultLimit(evidence),
    "A promise that is not in the table was not judged.",
    ...evidence.limits,
    chanceLimit(evidence),
  ].filter((limit) => limit !== "");
  return html`<section id="limits" aria-labelledby="limits-heading">
    <h2 id="limits-heading">What this does not show</h2>
    <ul>
      ${limits.map((limit) => html`<li>${limit}</li>`)}
    </ul>
  </section>`;
}

function mutantLimit(mutant: Evidence["mutant"]): string {
  if (mutant === null) {
    return "";
  }
  return "The services as they ship were not tried here: a part of them was broken on purpose.";
}

function faultLimit({ faults, faultsNotTried, scenario }: Evidence): string {
  const tried = faults.length === 0 ? "No fault was" : `Only ${inWords(faults)} were`;
  const where = faults.length === 0 ? "" : ", at the places named above";
  const not = faultsNotTried.length === 0 ? "" : ` Not tried: ${faultsNotTried.join(", ")}.`;
  return `${tried} planned in the scenario ${scenario.name}${where}.${not}`;
}

function inWords(faults: Evidence["faults"]): string {
  return new Intl.ListFormat("en").format(faults.map(({ many }) => many));
}

function chanceLimit({ totals }: Evidence): string {
  const { runs } = totals;
  if (runs < RUNS_FOR_RULE_OF_THREE) {
    return `${counted(runs, "run")} ${runs === 1 ? "is" : "are"} too few to say how rare a failure would have to be to stay unseen.`;
  }
  const oneIn = figure(Math.floor(runs / 3));
  return (
    `No failure in N runs does not mean that there is none. It means that, with 95% confidence, fewer than about 3/N of such runs fail. ` +
    `Here N is ${figure(runs)}: a promise that held throughout fails in fewer than about 1 in ${oneIn} of such runs.`
  );
}
