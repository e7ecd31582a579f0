import type { Evidence, Finding, StoryStep } from "../evidence/evidence.ts";
import { counted } from "../words/number-words.ts";
import { smallestWords } from "../words/smallest-words.ts";
import { commandBlock } from "./command-block.ts";
import { figure } from "./figure.ts";
import { html, type Html } from "./html.ts";
import type { Place } from "./place.ts";

/** Every finding with the smallest story that breaks its promise; or, that there is none. */
export function foundSection(evidence: Evidence, at: Place): Html {
  const { findings, promises, totals, verdict } = evidence;
  const told = new Set(findings.map(({ promise }) => promise));
  const untold = promises.filter(({ brokenRuns, name }) => brokenRuns > 0 && !told.has(name));
  return html`<section id="${at.id("found")}" aria-labelledby="${at.label("found-heading")}">
    <h2 id="${at.id("found-heading")}">What was found</h2>
    ${findings.length === 0 && untold.length === 0 ? html`<p>${nothingFound(verdict, totals.runs)}</p>` : ""}
    ${findings.map((finding, index) => findingArticle({ evidence, finding, at, index }))}
    ${untold.length === 0 ? "" : html`<p>Broken too, without a story of its own: ${untold.map(({ brokenRuns, name }, index) => html`${index === 0 ? "" : ", "}<code>${name}</code> in ${counted(brokenRuns, "run")}`)}.</p>`}
  </section>`;
}

function nothingFound(verdict: Evidence["verdict"], runs: number): string {
  const nothing = `Nothing: no promise was broken in any of the ${counted(runs, "run")}.`;
  return verdict === "unknown" ? `${nothing} The verdict says why this is not a pass.` : nothing;
}

function findingArticle(options: {
  readonly evidence: Evidence;
  readonly finding: Finding;
  readonly at: Place;
  readonly index: number;
}): Html {
  const { evidence, finding, at, index } = options;
  const { first, extent, replay, seed, sentence, smallest } = finding;
  const promise = evidence.promises.find(({ name }) => name === finding.promise);
  const often =
    promise === undefined
      ? ""
      : html`<div>
          <dt>How often</dt>
          <dd>
            In ${figure(promise.brokenRuns)} of ${counted(evidence.totals.runs, "run")}, first with
            seed ${seed}
          </dd>
        </div>`;
  return html`<article aria-labelledby="${at.label(`finding-${index}`)}">
    <h3 id="${at.id(`finding-${index}`)}">
      <span class="result fail">✕ Broken</span> <code>${finding.promise}</code>
    </h3>
    <p class="quote">${sentence}</p>
    <dl class="facts">
      ${often}
      <div>
        <dt>Smallest case</dt>
        <dd>
          ${smallestWords(smallest)}; found by trying ${counted(smallest.tried, "smaller variant")}
        </dd>
      </div>
      ${
        extent === ""
          ? ""
          : html`<div>
              <dt>Broken in it</dt>
              <dd>${extent}</dd>
            </div>`
      }
      <div>
        <dt>First breach</dt>
        <dd>${first}</dd>
      </div>
    </dl>
    <h4 id="${at.id(`story-${index}`)}">The smallest story that breaks it</h4>
    <ol class="story" role="list" aria-labelledby="${at.label(`story-${index}`)}">
      ${finding.story.map((step) => storyStep(step, evidence.faults))}
    </ol>
    <p>This command replays exactly this story:</p>
    ${commandBlock(replay.command)}
  </article>`;
}

function storyStep(step: StoryStep, faults: Evidence["faults"]): Html {
  const { actor, atMs, kind, text } = step;
  return html`<li class="${kind}">
    <p class="when"><b>${actor}</b> at ${figure(atMs)} ms${chip(step, faults)}</p>
    <p>${text}</p>
  </li>`;
}

/** What stands out in a story: faults by the noun of their kind, and what follows from them. */
function chip({ kind, fault }: StoryStep, faults: Evidence["faults"]): Html {
  switch (kind) {
    case "fault":
      return html` <span class="chip">✕ ${nounOf(fault ?? "fault", faults)}</span>`;
    case "exit":
      return html` <span class="chip">✕ ended by itself</span>`;
    case "restart":
      return html` <span class="chip">↻ restart</span>`;
    default:
      return html``;
  }
}

function nounOf(kind: string, faults: Evidence["faults"]): string {
  return faults.find((each) => each.kind === kind)?.one ?? kind;
}
