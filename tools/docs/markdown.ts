/** Lines of prose are broken at this column. */
const WIDTH_MAX = 110;

/** A table with padded columns; the last one is not where a line would become too wide by it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map((cells) => cells.map((cell) => cell.replaceAll("|", "\\|")));
  const widest = head.map((_, column) => Math.max(...lines.map((cells) => widthOf(cells, column))));
  const isWide = widest.reduce((sum, width) => sum + width + 3, 1) > WIDTH_MAX;
  const widths = isWide ? widest.with(-1, 0) : widest;
  const print = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = widths.map((width) => "-".repeat(width === 0 ? 3 : width));
  const [first = [], ...rest] = lines;
  return [first, rule, ...rest].map(print).join("\n");
}

function widthOf(cells: readonly string[], column: number): number {
  return cells[column]?.length ?? 0;
}

/** A list, each entry broken into lines. */
export function list(entries: readonly string[]): string {
  return entries.map((entry) => breakLines(entry, "- ", "  ")).join("\n");
}

/** Breaks a text between its words. A word longer than a line has a line of its own. */
function breakLines(text: string, first: string, indent: string): string {
  const lines: string[] = [];
  let line = first.trimEnd();
  for (const word of text.split(" ")) {
    if (line.length + 1 + word.length > WIDTH_MAX) {
      lines.push(line);
      line = `${indent}${word}`;
    } else {
      line = `${line} ${word}`;
    }
  }
  return [...lines, line].join("\n");
}

export function code(text: string): string {
  return `\`${text}\``;
}

/** Several names in code, in one cell or sentence. */
export function codes(texts: readonly string[]): string {
  return texts.map(code).join(", ");
}
