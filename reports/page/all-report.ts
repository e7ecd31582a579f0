import type { AllEvidence } from "../evidence/all-evidence.ts";
import type { Evidence, Verdict } from "../evidence/evidence.ts";
import { allVerdictSentence, firedOf, firstDoubts } from "../words/all-words.ts";
import { levelWords } from "../words/level-words.ts";
import { commandBlock } from "./command-block.ts";
import { figure } from "./figure.ts";
import { scenarioSections } from "./html-report.ts";
import { html, type Html } from "./html.ts";
import { pageOf } from "./page.ts";
import { below } from "./place.ts";
import { madeByTable } from "./reproduce-section.ts";
import { MARKS, verdictWord } from "./verdict-section.ts";

/**
 * One page for several scenarios: the verdict of all, a table that leads to each, and then of each
 * what its own page says.
 */
export function renderAllHtml(evidence: AllEvidence): string {
  const { scenarios, verdict, product, version } = evidence;
  return pageOf({
    title: `${wordOf(verdict)}: every scenario`,
    heading: "Every scenario",
    about: html`${figure(scenarios.length)} scenarios, in the simulated world, falconpay ${product}`,
    contents: [
      ["verdict", "Verdict"],
      ["scenarios", "Scenarios"],
      ["reproduce", "Reproduce"],
      ...scenarios.map(({ scenario }) => [scenario.name, scenario.name] as const),
    ],
    main: html`${verdictOfAll(evidence)} ${scenarioTable(scenarios)} ${reproduceAll(evidence)}
    ${scenarios.map(scenarioPart)}`,
    product,
    version,
  });
}

function verdictOfAll(evidence: AllEvidence): Html {
  const { scenarios, verdict } = evidence;
  const open = scenarios.filter((each) => each.doubts.length > 0);
  return html`<section id="verdict" aria-labelledby="verdict-heading">
    <div class="verdict ${verdict}">
      <h2 id="verdict-heading">
        <span class="mark" aria-hidden="true">${MARKS[verdict]}</span>${wordOf(verdict)}
      </h2>
      <p class="lead">${allVerdictSentence(evidence)}</p>
      ${
        open.length === 0
          ? ""
          : html`<p>Neither a pass nor a failure:</p>
              <ul>
                ${open.map(
                  (each) => html`<li>${linkTo(each)}: ${firstDoubts(each).join(" ")}</li>`,
                )}
              </ul>`
      }
    </div>
  </section>`;
}

function wordOf(verdict: Verdict): string {
  return verdictWord({ mutant: null, verdict });
}

function scenarioTable(scenarios: readonly Evidence[]): Html {
  const level = scenarios[0]?.level ?? null;
  return html`<section id="scenarios" aria-labelledby="scenarios-heading">
    <h2 id="scenarios-heading">The scenarios</h2>
    <p>
      The verdict of all is the worst of theirs. A situation is a kind of fault that struck at a
      place, in a run that came to a case which clients aim at; each was new once. The scenarios are
      run in rounds: a quarter of a round is shared evenly, the rest by how many new situations each
      found in a run of its round before.
    </p>
    ${level === null ? "" : html`<p>Level: ${levelWords(level)}.</p>`}
    <table class="overview">
      <thead>
        <tr>
          <th scope="col">Scenario</th>
          <th scope="col">Verdict</th>
          <th scope="col" class="number">Runs</th>
          <th scope="col" class="number">Payments</th>
          <th scope="col" class="number">Faults</th>
          <th scope="col" class="number">New situations</th>
        </tr>
      </thead>
      <tbody>
        ${scenarios.map(scenarioRow)}
      </tbody>
    </table>
  </section>`;
}

function scenarioRow(evidence: Evidence): Html {
  const { totals, statistics, verdict } = evidence;
  return html`<tr>
    <th scope="row">${linkTo(evidence)}</th>
    <td>
      <span class="result ${verdict}"
        ><span aria-hidden="true">${MARKS[verdict]}</span> ${verdictWord(evidence)}</span
      >
    </td>
    <td class="number">${figure(totals.runs)}</td>
    <td class="number">${figure(totals.payments)}</td>
    <td class="number">${firedOf(evidence, figure)}</td>
    <td class="number">${figure(statistics.situations.distinct)}</td>
  </tr>`;
}

function linkTo({ scenario: { name } }: Evidence): Html {
  return html`<a href="#${name}">${name}</a>`;
}

function reproduceAll({ code, command, made, product, scenarios }: AllEvidence): Html {
  const isStopped = scenarios.some(({ ended }) => ended !== "complete");
  return html`<section id="reproduce" aria-labelledby="reproduce-heading">
    <h2 id="reproduce-heading">How to reproduce all of it</h2>
    <p>
      ${
        isStopped
          ? "With the code named below, this command makes the same runs again, and the rest of them if it is not stopped:"
          : 'With the code named below, this command makes this evidence again, byte for byte but for its parts "made", on any machine:'
      }
    </p>
    ${commandBlock(command)}
    <p>Each scenario below names the command that makes its part alone.</p>
    ${madeByTable({ code, made, product, servers: [] })}
  </section>`;
}

function scenarioPart(evidence: Evidence): Html {
  const { name, title } = evidence.scenario;
  return html`<article id="${name}" class="scenario" aria-labelledby="${name}-name ${name}-heading">
    <p class="eyebrow">
      Scenario <code id="${name}-name">${name}</code>. <a href="#scenarios">All scenarios</a>
    </p>
    <h2 id="${name}-heading">${title}</h2>
    ${scenarioSections(evidence, below(name))}
  </article>`;
}
