import { html, Html, type HtmlPart } from "./html.ts";
import { PAGE_STYLE, PAGE_STYLE_DIGEST } from "./page-style.ts";

/** What is on a page beside what every page has. */
export interface PageParts {
  /** Of the window. */
  readonly title: string;
  readonly heading: string;
  /** Below the heading, in one line. */
  readonly about: HtmlPart;
  /** The ids of the parts, and what leads to them. */
  readonly contents: readonly (readonly [id: string, title: string])[];
  readonly main: HtmlPart;
  readonly product: string;
  readonly version: number;
}

/**
 * One HTML page. It asks nothing of any network and runs no script; its policy forbids both, and
 * every style but its own.
 */
export function pageOf(parts: PageParts): string {
  const { title, heading, about, contents, main, product, version } = parts;
  const policy = `default-src 'none'; style-src '${PAGE_STYLE_DIGEST}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <title>${title}</title>
        ${styleElement}
      </head>
      <body>
        <header>
          <p class="eyebrow">FalconPay evidence report</p>
          <h1>${heading}</h1>
          <p class="soft">${about}</p>
          <nav aria-label="Contents">
            ${contents.map(([id, name]) => html`<a href="#${id}">${name}</a> `)}
          </nav>
        </header>
        <main>${main}</main>
        <footer>
          <p>
            Made by falconpay ${product} from evidence version ${version}. The same facts, for
            programs, are in <code>evidence.json</code> beside this page.
          </p>
        </footer>
      </body>
    </html> `;
  return page.markup;
}

/** Not a part of the page's template: the formatter's indentation would change the digest. */
const styleElement = new Html(`<style>${PAGE_STYLE}</style>`);
