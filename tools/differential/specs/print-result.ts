import type { StatementAnswer } from "../servers/oracle.ts";

/** Rows as isolationtester prints them: libpq's PQprint with a header, aligned, `|` between. */
export function printResult({ fields, rows }: StatementAnswer): string {
  if (fields.length === 0) {
    return "";
  }
  const columns = fields.map(({ name }, at) => {
    const values = rows.map((row) => row[at] ?? "");
    const width = Math.max(...[name, ...values].map(widthOf));
    return { width, isText: values.some((value) => value !== "" && !looksNumeric(value)) };
  });
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => {
        const padding = " ".repeat(Math.max((columns[at]?.width ?? 0) - widthOf(cell), 0));
        return columns[at]?.isText === true ? cell + padding : padding + cell;
      })
      .join("|");
  const lines = [
    line(fields.map(({ name }) => name)),
    columns.map(({ width }) => "-".repeat(width)).join("+"),
    ...rows.map((row) => line(row.map((cell) => cell ?? ""))),
    `(${rows.length} row${rows.length === 1 ? "" : "s"})`,
  ];
  return `${lines.join("\n")}\n\n`;
}

/** In bytes, as C counts. */
function widthOf(text: string): number {
  return Buffer.byteLength(text);
}

function looksNumeric(value: string): boolean {
  return /^[0-9.Ee -]*$/.test(value) && !/^[Ee]/.test(value) && /[0-9]$/.test(value);
}
