import type { Evidence, EvidenceMutant, Verdict } from "../evidence/evidence.ts";
import { seedsAsked } from "../evidence/seeds-asked.ts";
import { firedOf } from "../words/all-words.ts";
import { counted } from "../words/number-words.ts";
import { seedsDone } from "../words/seeds-done.ts";
import { seenToFailWords } from "../words/seen-to-fail.ts";
import { verdictSentence } from "../words/verdict-sentence.ts";
import { inWorld } from "../words/world-name.ts";
import { figure } from "./figure.ts";
import { html, type Html } from "./html.ts";
import type { Place } from "./place.ts";

/** Beside its word, for who does not see the colour. */
export const MARKS = { pass: "✓", fail: "✕", unknown: "?" } as const satisfies Record<
  Verdict,
  string
>;

/** The verdict as one word of plain English, with what a deliberately broken run makes of it. */
export function verdictWord({ mutant, verdict }: Pick<Evidence, "mutant" | "verdict">): string {
  switch (verdict) {
    case "pass":
      return mutant === null ? "Held" : "Not noticed";
    case "fail":
      return mutant === null ? "Broken" : "Broken, as expected";
    case "unknown":
      return "Unknown";
  }
}

/**
 * The verdict in one sentence and the figures that it rests on, under a notice when a mutant ran.
 */
export function verdictSection(evidence: Evidence, at: Place): Html {
  const { doubts, mutant, totals, verdict } = evidence;
  const tone = mutant !== null && verdict === "pass" ? "unknown" : verdict;
  return html`<section id="${at.id("verdict")}" aria-labelledby="${at.label("verdict-heading")}">
    ${mutant === null ? "" : mutantNotice(mutant, verdict)}
    <div class="verdict ${tone}">
      <h2 id="${at.id("verdict-heading")}">
        <span class="mark" aria-hidden="true">${MARKS[tone]}</span>${verdictWord(evidence)}
      </h2>
      <p class="lead">${verdictSentence(evidence)}</p>
      ${endedEarly(evidence)}
      ${
        doubts.length === 0
          ? ""
          : html`<p>Why this is neither a pass nor a failure:</p>
              <ul>
                ${doubts.map((doubt) => html`<li>${doubt}</li>`)}
              </ul>`
      }
    </div>
    <p>
      This rests on ${counted(totals.runs, "run")} ${inWorld(evidence.world)},
      ${seedsDone(evidence)}. A run is one whole story: services start, clients ask, faults strike
      and stop, and in the end every promise is judged.
    </p>
    ${seenToFail(evidence)} ${figures(evidence)}
  </section>`;
}

/** A pass means little where the check was never seen to fail. */
function seenToFail({ mutant, seenToFail, verdict }: Evidence): Html {
  if (verdict !== "pass" || mutant !== null) {
    return html``;
  }
  if (seenToFail.length === 0) {
    return html`<p>Whether these checks can fail was not tried beside this run.</p>`;
  }
  return html`<p>The same checks, with the same code, were last seen to fail right after it:</p>
    <ul>
      ${seenToFail.map((each) => html`<li>${seenToFailWords(each)}. ${each.defect}</li>`)}
    </ul>`;
}

function endedEarly(evidence: Evidence): Html {
  const done = `${figure(evidence.seeds.completed)} of ${figure(seedsAsked(evidence))} seeds`;
  switch (evidence.ended) {
    case "complete":
      return html``;
    case "first-failure":
      return html`<p>The search ended at the first failure, after ${done}.</p>`;
    case "interrupted":
      return html`<p><strong>Interrupted:</strong> ${done} were done when the run was stopped.</p>`;
    case "time-limit":
      return html`<p><strong>Time was over:</strong> ${done} were done.</p>`;
    case "error":
      return html`<p><strong>Broken off:</strong> ${done} were done when the testbed failed.</p>`;
  }
}

function mutantNotice({ id, defect }: EvidenceMutant, verdict: Verdict): Html {
  return html`<aside class="mutant" aria-label="Broken on purpose">
    <p class="loud">The services were broken on purpose.</p>
    <p>A part of them was replaced by the known-bad variant <strong>${id}</strong>: ${defect}</p>
    <p>${mutantMeaning(verdict)} It says nothing against the services as they ship.</p>
  </aside>`;
}

function mutantMeaning(verdict: Verdict): string {
  switch (verdict) {
    case "fail":
      return "A failure is what was expected here: it shows that the check can fail.";
    case "pass":
      return "A failure was expected, and none came: the promises below are blind to this defect.";
    case "unknown":
      return "A failure was expected; this run was not enough to tell whether the check can fail.";
  }
}

function figures(evidence: Evidence): Html {
  const { totals } = evidence;
  // Promises are checked together: a moment is counted once, whatever is checked at it.
  const moments = totals.commitsJudged + totals.runs;
  const rows = [
    ["Runs", figure(totals.runs)],
    ["Payments", figure(totals.payments)],
    ["Faults fired", firedOf(evidence, figure)],
    ["Moments judged", figure(moments)],
  ] as const;
  return html`<dl class="figures">
    ${rows.map(
      ([name, figure]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${figure}</dd>
        </div>`,
    )}
  </dl>`;
}
