import type { CrashPointsEvidence } from "../evidence/crash-points-evidence.ts";
import { counted } from "../words/number-words.ts";
import { figure } from "./figure.ts";
import { html, type Html } from "./html.ts";

/** A certificate in words: what an effect is, how many there were, what was done at each. */
export function crashPointsSection({
  plans,
  ways,
  silent,
  pairs,
  violations,
}: CrashPointsEvidence): Html {
  const planned = ways.reduce((sum, way) => sum + way.planned, 0);
  const tried = ways.reduce((sum, way) => sum + way.tried, 0);
  return html`<h3>Every effect</h3>
    <p>
      An effect is one exchange between a process of the services and the outside: a request to its
      database or to the broker, a message that arrives, an answer to a client. The story was first
      run without any fault, and every effect of it was written down. Then it was run again, from
      the beginning, once for each way to disturb each of these effects: the process was killed
      right before it, or right after it, or the reply to it was lost.
      ${tried === planned ? `All ${figure(planned)} were tried: none was left out.` : `Of ${figure(planned)}, ${figure(tried)} were tried before it was stopped.`}
    </p>
    <table>
      <thead>
        <tr>
          <th scope="col">The story, without faults</th>
          <th scope="col" class="number">Requests</th>
          <th scope="col" class="number">Effects</th>
          <th scope="col" class="number">Ways to disturb them</th>
        </tr>
      </thead>
      <tbody>
        ${plans.map(
          ({ batches, processes, requests, effects, points }) =>
            html`<tr>
              <th scope="row">
                With ${batches}<span class="aside">processes: ${processes.join(", ")}</span>
              </th>
              <td class="number">${figure(requests)}</td>
              <td class="number">${figure(effects)}</td>
              <td class="number">${figure(points)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    <table>
      <thead>
        <tr>
          <th scope="col">What was done</th>
          <th scope="col" class="number">Tried</th>
          <th scope="col" class="number">Took place</th>
        </tr>
      </thead>
      <tbody>
        ${ways.map(
          ({ way, tried: triedOnes, fired }) =>
            html`<tr>
              <th scope="row">A ${way}</th>
              <td class="number">${figure(triedOnes)}</td>
              <td class="number">${figure(fired)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${silentList(silent)} ${pairs === null ? "" : html`<p>${pairsInWords(pairs)}</p>`}
    ${violationList(violations)}`;
}

function silentList(silent: readonly string[]): Html {
  return silent.length === 0
    ? html``
    : html`<p>These did not take place: the story went another way.</p>
        <ul>
          ${silent.map((point) => html`<li><code>${point}</code></li>`)}
        </ul>`;
}

function pairsInWords({ total, tried, fired }: NonNullable<CrashPointsEvidence["pairs"]>): string {
  const missed =
    fired === tried
      ? "Both struck in each of them."
      : `Both struck in ${figure(fired)}; in the others the story ended before the second could.`;
  return (
    `Two at once, a crash and another one or a crash and a lost reply, the second anywhere after ` +
    `the first: ${figure(tried)} of the ${figure(total)} pairs that there are were tried, spread ` +
    `evenly over all. ${missed}`
  );
}

function violationList({ runs, first }: CrashPointsEvidence["violations"]): Html {
  if (runs === 0) {
    return html`<p>In none of these runs was a promise broken.</p>`;
  }
  const more = runs > first.length ? html`<p>The first ${figure(first.length)} of them:</p>` : "";
  return html`<p>A promise was broken in ${counted(runs, "run")}.</p>
    ${more}
    <ul>
      ${first.map(
        ({ points, promises }) =>
          html`<li>
            <code>${points.length === 0 ? "no fault" : points.join(", then ")}</code>:
            ${promises.join(", ")}
          </li>`,
      )}
    </ul>`;
}
