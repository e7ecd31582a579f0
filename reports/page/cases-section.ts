import type { Evidence } from "../evidence/evidence.ts";
import { CASE_RUNS_MIN, casesAreDue } from "../evidence/verdict.ts";
import { countTable } from "./count-table.ts";
import { figure } from "./figure.ts";
import { html, type Html } from "./html.ts";

/** What the runs were to come to, and how often they did: what was never tried has not held. */
export function casesSection({ cases, level, totals }: Evidence): Html {
  if (cases.length === 0) {
    return html``;
  }
  const missing = cases.filter(({ count }) => count === 0).length;
  return html`<h3>What was reached</h3>
    <p>
      Promises that hold say little of what never happened. So it was counted how often the runs
      came to each of these cases: what clients do, and the ways through the services that are taken
      only when something fails or comes twice.
      ${missing === 0 ? "Each of them was reached." : `Of ${figure(cases.length)} cases, those never reached: ${figure(missing)}; ${meaning(totals.runs, level)}`}
    </p>
    ${countTable({ name: "Case", count: "Times" }, cases)}`;
}

function meaning(runs: number, level: Evidence["level"]): string {
  if (!casesAreDue(level)) {
    return "at this level none of them is due.";
  }
  return runs < CASE_RUNS_MIN
    ? `fewer than ${figure(CASE_RUNS_MIN)} runs may miss one.`
    : "so the verdict is no pass.";
}
