import type { MutantRow } from "./mutants-text.ts";

/** The rows of a matrix that this command wrote. @throws TypeError when it is none */
export function parseMutantRows(text: string): readonly MutantRow[] {
  const json: unknown = JSON.parse(text);
  if (typeof json !== "object" || json === null || !("rows" in json) || !Array.isArray(json.rows)) {
    throw new TypeError("it is no matrix of mutants");
  }
  // Checked: it has rows, and only `mutants-command.ts`, compiled against this type, writes those.
  return json.rows as readonly MutantRow[];
}
