import type { Evidence } from "../evidence/evidence.ts";
import { groupedNumber } from "../words/number-words.ts";
import { html, type Html } from "./html.ts";

const GAP = "\u202f";
/** Below this the rule of three is a poor approximation of the exact bound, 1 - 0.05^(1/N). */
const RUNS_FOR_RULE_OF_THREE = 30;

/** What a reader must not conclude from the page. */
export function limitsSection(evidence: Evidence): Html {
  const limits = [
    mutantLimit(evidence.mutant),
    "Only crashes were tried, at the places named above, in this one scenario. Cut or slow networks, lost replies, and outages of a database or of the broker were not.",
    "A promise that is not in the table was not judged.",
    worldLimit(evidence.world),
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

function worldLimit(world: Evidence["world"]): string {
  return world === "sim"
    ? "The simulated world is a model. The services ran their own code and their own SQL, but PostgreSQL, Kafka, the network and time were modelled: where the model is wrong, so is what it shows."
    : "Real servers were watched from outside: the end of each run was judged, not each step on the way, and only the interleavings that happened to occur were seen.";
}

function chanceLimit({ totals }: Evidence): string {
  const { runs } = totals;
  if (runs < RUNS_FOR_RULE_OF_THREE) {
    return `${groupedNumber(runs, GAP)} runs are too few to say how rare a failure would have to be to stay unseen.`;
  }
  const oneIn = groupedNumber(Math.floor(runs / 3), GAP);
  return (
    `No failure in N runs does not mean that there is none. It means that, with 95% confidence, fewer than about 3/N of such runs fail. ` +
    `Here N is ${groupedNumber(runs, GAP)}: a promise that held throughout fails in fewer than about 1 in ${oneIn} of such runs.`
  );
}
