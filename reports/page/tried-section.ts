import type { Evidence, EvidenceTotals, FaultEvidence, FaultPlace } from "../evidence/evidence.ts";
import { levelWords } from "../words/level-words.ts";
import { counted, durationInWords } from "../words/number-words.ts";
import { varietyWords } from "../words/statistics-words.ts";
import { casesSection } from "./cases-section.ts";
import { countTable } from "./count-table.ts";
import { crashPointsSection } from "./crash-points-section.ts";
import { figure } from "./figure.ts";
import { html, type Html } from "./html.ts";
import type { Place } from "./place.ts";

/** The scenario in words, what became of its payments, and where the faults struck, with bars. */
export function triedSection(evidence: Evidence, at: Place): Html {
  const { crashPoints, faults, findings, scenario, totals } = evidence;
  const inStory = findings.flatMap(({ smallest }) => smallest.faultPlaces);
  return html`<section id="${at.id("tried")}" aria-labelledby="${at.label("tried-heading")}">
    <h2 id="${at.id("tried-heading")}">What was tried</h2>
    ${scenario.description.map((paragraph) => html`<p>${paragraph}</p>`)}
    ${evidence.level === null ? "" : html`<p>Level: ${levelWords(evidence.level)}.</p>`}
    <h3>The payments</h3>
    ${paymentTable(totals)}
    <p>${scale(evidence)}</p>
    ${crashPoints === null ? "" : crashPointsSection(crashPoints)} ${casesSection(evidence)}
    ${statistics(evidence)}
    <h3>The faults</h3>
    ${faults.length === 0 ? html`<p>No fault was planned.</p>` : faults.map((fault) => faultTable(fault, inStory))}
  </section>`;
}

function paymentTable(totals: EvidenceTotals): Html {
  const unfinished = totals.payments - totals.completed - totals.failed;
  const rows = [
    { name: html`Completed`, count: totals.completed },
    ...totals.refusals.map(({ reason, count }) => ({
      name: html`Refused: <code>${reason}</code>`,
      count,
    })),
    ...(totals.failed > 0 && totals.refusals.length === 0
      ? [{ name: html`Refused`, count: totals.failed }]
      : []),
    ...(unfinished > 0 ? [{ name: html`Neither, when the run ended`, count: unfinished }] : []),
  ];
  return countTable({ name: "How it ended", count: "Payments" }, rows, totals.payments);
}

/** How much of what runs can come to was seen. */
function statistics(evidence: Evidence): Html {
  const rows = varietyWords(evidence);
  return rows.length === 0
    ? html``
    : html`<h3>How much was seen</h3>
        <p>
          A trace is everything that happens in a run. A situation is a kind of fault that struck at
          a place, in a run that came to a case which clients aim at. What is still unseen is
          estimated from what was seen once (Good and Turing).
        </p>
        <ul>
          ${rows.map(({ name, text }) => html`<li>${name}: ${text}</li>`)}
        </ul>`;
}

function scale({ totals, world }: Evidence): string {
  const time =
    world === "sim"
      ? `Together the runs lasted ${durationInWords(totals.simulatedMs)} of simulated time. `
      : "";
  const commits =
    totals.commitsJudged > 0
      ? `${figure(totals.commitsJudged)} database commits were judged one by one. `
      : "Only the end of each run was judged. ";
  return (
    `${time}The services exchanged messages with their databases, the broker and ` +
    `their clients ${figure(totals.effects)} times. ${commits}` +
    `${counted(totals.duplicateDeliveries, "event")} reached a service more than once.`
  );
}

type StoryPlaces = Evidence["findings"][number]["smallest"]["faultPlaces"];

/** The smallest story may strike where no run did, after it was made smaller: that place too. */
function faultTable({ kind, many, sentence, places }: FaultEvidence, inStory: StoryPlaces): Html {
  const struck = inStory.filter((each) => each.kind === kind);
  const isStruck = (at: FaultPlace) =>
    struck.some(({ process, place }) => process === at.process && place === at.place);
  const more = struck
    .filter((at) => !places.some((each) => each.process === at.process && each.place === at.place))
    .map(({ process, place }) => ({ process, place, planned: 0, fired: 0 }));
  const most = Math.max(1, ...places.map(({ planned }) => planned));
  return html`<p>${sentence}</p>
    <table>
      <thead>
        <tr>
          <th scope="col">Where ${many} were planned</th>
          <th scope="col" class="number">Fired</th>
        </tr>
      </thead>
      <tbody>
        ${[...places, ...more].map((place) => placeRow(place, { most, isStruck: isStruck(place) }))}
      </tbody>
    </table>`;
}

function placeRow(
  { process, place, planned, fired }: FaultPlace,
  { most, isStruck }: { readonly most: number; readonly isStruck: boolean },
): Html {
  const silent = fired < planned ? html`<span class="aside">of ${figure(planned)}</span>` : "";
  return html`<tr>
    <th scope="row">
      <span class="service">${process}</span> <code>${place}</code>${
        isStruck ? html`<span class="aside">in the smallest story</span>` : ""
      }
    </th>
    <td class="number bar">
      ${bar({ planned, fired, most })}<span>${figure(fired)}${silent}</span>
    </td>
  </tr>`;
}

/** Widths are attributes of an SVG, since the page's policy forbids styles on elements. */
function bar(share: { planned: number; fired: number; most: number }): Html {
  const width = (count: number): number => Math.round((count * 1_000) / share.most) / 10;
  return html`<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
    <rect class="planned" width="${width(share.planned)}" height="8" />
    <rect class="fired" width="${width(share.fired)}" height="8" />
  </svg>`;
}
