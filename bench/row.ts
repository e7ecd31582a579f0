/** One measured figure. More is better, unless `floor` is a ceiling. */
export interface BenchRow {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The yardstick measured in the same run, or known from elsewhere, with its figure. */
  readonly beside: string;
  readonly floor: Bound | null;
  readonly aim: Bound | null;
}

export interface Bound {
  readonly kind: "at least" | "at most";
  readonly value: number;
}

/** The rows whose floor is not met. */
export function missedFloors(rows: readonly BenchRow[]): readonly BenchRow[] {
  return rows.filter(({ value, floor }) => floor !== null && !meets(value, floor));
}

export function encodeRows(rows: readonly BenchRow[]): string {
  return `${JSON.stringify(rows, null, 2)}\n`;
}

/** The rows as an aligned table; a missed floor is marked. */
export function formatRows(rows: readonly BenchRow[]): string {
  const head = ["what", "value", "unit", "beside", "floor", "aim", ""];
  const lines = rows.map((row) => [
    row.what,
    formatNumber(row.value),
    row.unit,
    row.beside,
    formatBound(row.floor),
    formatBound(row.aim),
    row.floor !== null && !meets(row.value, row.floor) ? "FLOOR MISSED" : "",
  ]);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...lines].map((line) => (line[column] ?? "").length)),
  );
  const format = (line: readonly string[]) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return `${[head, ...lines].map(format).join("\n")}\n`;
}

function meets(value: number, bound: Bound): boolean {
  return bound.kind === "at least" ? value >= bound.value : value <= bound.value;
}

function formatBound(bound: Bound | null): string {
  return bound === null ? "-" : `${bound.kind} ${formatNumber(bound.value)}`;
}

function formatNumber(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}
