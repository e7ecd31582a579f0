/**
 * The text on one line, with nothing in it that acts instead of being read: line breaks become
 * spaces; control characters (a terminal obeys them) and invisible ones that reorder or join what
 * is shown (Trojan Source, CVE-2021-42574) become their code, such as `\u001b`.
 */
export function visibleText(text: string): string {
  return text.replace(/\s*[\n\r]+\s*/gu, " ").replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, codeOf);
}

function codeOf(character: string): string {
  const hexadecimal = (character.codePointAt(0) ?? 0).toString(16).padStart(4, "0");
  return hexadecimal.length > 4 ? `\\u{${hexadecimal}}` : `\\u${hexadecimal}`;
}
