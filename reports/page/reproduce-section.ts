import type { Evidence, Finding } from "../evidence/evidence.ts";
import { commandBlock } from "./command-block.ts";
import { html, type Html } from "./html.ts";

/** The commands that make this evidence again, and what must come out the same. */
export function reproduceSection(evidence: Evidence): Html {
  return html`<section id="reproduce" aria-labelledby="reproduce-heading">
    <h2 id="reproduce-heading">How to reproduce it</h2>
    <p>${introduction(evidence)}</p>
    ${commandBlock(evidence.command)} ${traceHashLines(evidence.traceHash)}
    ${evidence.findings.map(findingLines)} ${serverTable(evidence.servers)}
  </section>`;
}

function introduction({ interrupted, product, world }: Evidence): string {
  const begins = `With falconpay ${product}, this command`;
  if (world === "real") {
    return `${begins} makes such evidence anew. Real servers keep their own time, so a second run may take another course:`;
  }
  return interrupted
    ? `${begins} makes the same runs again, seed by seed, and the rest of them if it is not stopped:`
    : `${begins} makes this evidence again, byte for byte, on any machine:`;
}

function traceHashLines(traceHash: string | null): Html {
  if (traceHash === null) {
    return html``;
  }
  return html`<p>
      Everything that happened in the runs, event by event, sums up to this hash. Another hash means
      that something happened otherwise:
    </p>
    <pre><code>${traceHash}</code></pre>`;
}

function findingLines({ promise, replay }: Finding): Html {
  return html`<p>
      The smallest story that breaks <code>${promise}</code> is kept beside this page, in
      <code>${replay.file}</code>. This command replays it:
    </p>
    ${commandBlock(replay.command)}`;
}

function serverTable(servers: Evidence["servers"]): Html {
  if (servers.length === 0) {
    return html``;
  }
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Server</th>
        <th scope="col">Version</th>
      </tr>
    </thead>
    <tbody>
      ${servers.map(
        ({ name, version }) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${version}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
