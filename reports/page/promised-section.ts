import type { Evidence, PromiseEvidence } from "../evidence/evidence.ts";
import { counted } from "../words/number-words.ts";
import { figure } from "./figure.ts";
import { html, type Html } from "./html.ts";
import type { Place } from "./place.ts";

/** Every promise as its sentence, with how often it was checked and whether it held. */
export function promisedSection({ promises }: Evidence, at: Place): Html {
  return html`<section id="${at.id("promised")}" aria-labelledby="${at.label("promised-heading")}">
    <h2 id="${at.id("promised-heading")}">What was promised</h2>
    <p>
      Each line is a promise that the services make about money, and how often it was put to the
      test.
    </p>
    <table>
      <thead>
        <tr>
          <th scope="col">Promise</th>
          <th scope="col" class="number">Checks</th>
          <th scope="col">Result</th>
        </tr>
      </thead>
      <tbody>
        ${promises.map(row)}
      </tbody>
    </table>
  </section>`;
}

function row(promise: PromiseEvidence): Html {
  return html`<tr>
    <th scope="row">
      ${promise.sentence}<span class="aside"
        ><code>${promise.name}</code>, judged ${promise.judged}</span
      >
    </th>
    <td class="number">${figure(promise.checks)}</td>
    <td>${result(promise)}</td>
  </tr>`;
}

function result({ brokenRuns, checks }: PromiseEvidence): Html {
  if (brokenRuns > 0) {
    return html`<span class="result fail">✕ Broken</span
      ><span class="aside">in ${counted(brokenRuns, "run")}</span>`;
  }
  if (checks === 0) {
    return html`<span class="result unknown">? Unknown</span>`;
  }
  return html`<span class="result pass">✓ Held</span>`;
}
