import type { Evidence } from "../evidence/evidence.ts";
import { worldName } from "../words/world-name.ts";
import { foundSection } from "./found-section.ts";
import { html, Html } from "./html.ts";
import { limitsSection } from "./limits-section.ts";
import { PAGE_STYLE, PAGE_STYLE_DIGEST } from "./page-style.ts";
import { promisedSection } from "./promised-section.ts";
import { reproduceSection } from "./reproduce-section.ts";
import { triedSection } from "./tried-section.ts";
import { verdictSection, verdictWord } from "./verdict-section.ts";

/**
 * The report as one HTML page, for a reader who has never seen the code: verdict, what was
 * promised, tried and found, how to reproduce it, and what it does not show. The page asks nothing
 * of any network and runs no script; its policy forbids both, and every style but its own.
 */
export function renderHtml(evidence: Evidence): string {
  const { scenario } = evidence;
  const policy = `default-src 'none'; style-src '${PAGE_STYLE_DIGEST}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <title>${verdictWord(evidence)}: ${scenario.title}</title>
        ${styleElement}
      </head>
      <body>
        <header>
          <p class="eyebrow">FalconPay evidence report</p>
          <h1>${scenario.title}</h1>
          <p class="soft">
            Scenario <code>${scenario.name}</code>, ${worldName(evidence.world)}, falconpay
            ${evidence.product}
          </p>
          <nav aria-label="Contents">
            ${CONTENTS.map(([id, title]) => html`<a href="#${id}">${title}</a> `)}
          </nav>
        </header>
        <main>
          ${verdictSection(evidence)} ${promisedSection(evidence)} ${triedSection(evidence)}
          ${foundSection(evidence)} ${reproduceSection(evidence)} ${limitsSection(evidence)}
        </main>
        <footer>
          <p>
            Made by falconpay ${evidence.product} from evidence version ${evidence.version}. The
            same facts, for programs, are in <code>evidence.json</code> beside this page.
          </p>
        </footer>
      </body>
    </html> `;
  return page.markup;
}

/** Not a part of the page's template: the formatter's indentation would change the digest. */
const styleElement = new Html(`<style>${PAGE_STYLE}</style>`);

const CONTENTS = [
  ["verdict", "Verdict"],
  ["promised", "Promised"],
  ["tried", "Tried"],
  ["found", "Found"],
  ["reproduce", "Reproduce"],
  ["limits", "Not shown"],
] as const;
