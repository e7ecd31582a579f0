import type { CrashPlace, Evidence, EvidenceTotals } from "../evidence/evidence.ts";
import { durationInWords, groupedNumber } from "../words/number-words.ts";
import { html, type Html } from "./html.ts";

const GAP = "\u202f";

/** The scenario in words, what became of its payments, and where the crashes struck, with bars. */
export function triedSection(evidence: Evidence): Html {
  const { crashPlaces, scenario, totals } = evidence;
  return html`<section id="tried" aria-labelledby="tried-heading">
    <h2 id="tried-heading">What was tried</h2>
    ${scenario.description.map((paragraph) => html`<p>${paragraph}</p>`)}
    <h3>The payments</h3>
    ${paymentTable(totals)}
    <p>${scale(evidence)}</p>
    <h3>The crashes</h3>
    ${crashPlaces.length === 0 ? html`<p>No crash was planned.</p>` : crashTable(crashPlaces)}
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
  return html`<table>
    <thead>
      <tr>
        <th scope="col">How it ended</th>
        <th scope="col" class="number">Payments</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ({ name, count }) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td class="number">${groupedNumber(count, GAP)}</td>
          </tr>`,
      )}
    </tbody>
    <tfoot>
      <tr>
        <th scope="row">All</th>
        <td class="number">${groupedNumber(totals.payments, GAP)}</td>
      </tr>
    </tfoot>
  </table>`;
}

function scale({ totals, world }: Evidence): string {
  const time =
    world === "sim"
      ? `Together the runs lasted ${durationInWords(totals.simulatedMs)} of simulated time. `
      : "";
  const commits =
    totals.commitsJudged > 0
      ? `${groupedNumber(totals.commitsJudged, GAP)} database commits were judged one by one. `
      : "Only the end of each run was judged. ";
  return (
    `${time}The services spoke to their databases and to the broker ` +
    `${groupedNumber(totals.effects, GAP)} times. ${commits}` +
    `${groupedNumber(totals.duplicateDeliveries, GAP)} events reached a service more than once, and were recognised.`
  );
}

function crashTable(places: readonly CrashPlace[]): Html {
  const most = Math.max(1, ...places.map(({ planned }) => planned));
  return html`<p>
      <em>Before</em> means that the service died before its request left it; <em>after</em>, that
      the request took effect and the service died before it learned of it. A
      <code>commit</code> makes a change in a database final; <code>produce</code> hands an event to
      the broker.
    </p>
    <table>
      <thead>
        <tr>
          <th scope="col">Where a service died</th>
          <th scope="col" class="number">Fired</th>
        </tr>
      </thead>
      <tbody>
        ${places.map((place) => crashRow(place, most))}
      </tbody>
    </table>`;
}

function crashRow({ service, place, planned, fired }: CrashPlace, most: number): Html {
  const silent =
    fired < planned ? html`<span class="aside">of ${groupedNumber(planned, GAP)}</span>` : "";
  return html`<tr>
    <th scope="row"><span class="service">${service}</span> <code>${place}</code></th>
    <td class="number bar">
      ${bar({ planned, fired, most })}<span>${groupedNumber(fired, GAP)}${silent}</span>
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
