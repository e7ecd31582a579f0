import type { Evidence } from "../evidence/evidence.ts";
import { noFailureWords } from "../words/statistics-words.ts";
import { html, type Html } from "./html.ts";
import type { Place } from "./place.ts";

/** What a reader must not conclude from the page. */
export function limitsSection(evidence: Evidence, at: Place): Html {
  const limits = [
    mutantLimit(evidence.mutant),
    faultLimit(evidence),
    "A promise that is not in the table was not judged.",
    ...evidence.limits,
    chanceLimit(evidence),
  ].filter((limit) => limit !== "");
  return html`<section id="${at.id("limits")}" aria-labelledby="${at.label("limits-heading")}">
    <h2 id="${at.id("limits-heading")}">What this does not show</h2>
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

function chanceLimit(evidence: Evidence): string {
  const noFailure = noFailureWords(evidence);
  return noFailure === undefined
    ? ""
    : `That nothing failed does not mean that nothing can. Failures: ${noFailure}.`;
}
