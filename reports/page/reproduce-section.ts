import type { Evidence, Finding } from "../evidence/evidence.ts";
import { commandBlock } from "./command-block.ts";
import { html, type Html } from "./html.ts";
import type { Place } from "./place.ts";

/** The commands that make this evidence again, and what must come out the same. */
export function reproduceSection(evidence: Evidence, at: Place): Html {
  return html`<section
    id="${at.id("reproduce")}"
    aria-labelledby="${at.label("reproduce-heading")}"
  >
    <h2 id="${at.id("reproduce-heading")}">How to reproduce it</h2>
    <p>${introduction(evidence)}</p>
    ${commandBlock(evidence.command)} ${traceHashLines(evidence.traceHash)}
    ${evidence.findings.map(findingLines)} ${madeByTable(evidence)}
  </section>`;
}

function introduction({ ended, world }: Evidence): string {
  const begins = "With the code named below, this command";
  if (world === "real") {
    return `${begins} makes such evidence anew. Real servers keep their own time, so a second run may take another course:`;
  }
  return ended !== "complete" && ended !== "first-failure"
    ? `${begins} makes the same runs again, seed by seed, and the rest of them if it is not stopped:`
    : `${begins} makes this evidence again, byte for byte but for its part "made", on any machine:`;
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

/** What made the evidence: versions, commit, and when. */
export function madeByTable({
  code,
  made,
  product,
  servers,
}: Pick<Evidence, "code" | "made" | "product" | "servers">): Html {
  const rows = [
    ["falconpay", product],
    ["Commit", commitInWords(code)],
    ["Digest of sources and packages", code.digest],
    ["Node", made.node],
    ...servers.map(({ name, version }) => [name, version] as const),
    ["Made at", made.at],
  ] as const;
  return html`<table>
    <thead>
      <tr>
        <th scope="col">What made it</th>
        <th scope="col">Which</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ([name, which]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${which}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function commitInWords({ commit, isClean }: Evidence["code"]): string {
  if (commit === null) {
    return "not known: it was no clone";
  }
  return isClean === true ? commit : `${commit}, with changes that are not committed`;
}
