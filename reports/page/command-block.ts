import { html, type Html } from "./html.ts";

/**
 * A command on its own lines, which break between its words only: `--seed` never loses its dashes.
 */
export function commandBlock(command: string): Html {
  const words = command.split(" ").map((word) => html`<span class="word">${word}</span> `);
  return html`<pre><code>${words}</code></pre>`;
}
