import { visibleText } from "../evidence/visible-text.ts";

/** Markup that is safe to put into a page as it stands; only `html` makes it. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What may stand between `${` and `}`: text is escaped, markup is not, a list is joined. */
export type HtmlPart = string | number | Html | readonly HtmlPart[];

/**
 * A template whose texts cannot become markup: whatever is not `Html` is escaped for element
 * content and for quoted attributes, and characters that act instead of being read are shown as
 * their code.
 */
export function html(literals: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const markup = literals.map((literal, index) => literal + markupOf(parts[index] ?? ""));
  return new Html(markup.join(""));
}

function markupOf(part: HtmlPart): string {
  if (part instanceof Html) {
    return part.markup;
  }
  if (typeof part === "string") {
    return escapeText(visibleText(part));
  }
  if (typeof part === "number") {
    return String(part);
  }
  return part.map(markupOf).join("");
}

const ESCAPES = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
]);

function escapeText(text: string): string {
  return text.replace(/[&<>"']/gu, (character) => ESCAPES.get(character) ?? character);
}
