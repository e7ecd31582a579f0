import type { Aggregates } from "../expressions/aggregate.ts";
import type { Expression } from "../expressions/expression.ts";
import { Frame, StatementRun } from "../expressions/frame.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { Execution } from "../rows/execution.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { Datum } from "../types/datum.ts";
import type { FoundRow } from "./found-row.ts";
import type { QueryScope } from "./query-scope.ts";

/**
 * Checks that a grouped query shows only plain columns of GROUP BY, aggregates and what depends on
 * no row: 42803 for another plain column. Expressions over grouped columns are refused by name.
 */
export function demandGrouped(
  scope: QueryScope,
  groupBy: readonly Expression[],
  shown: readonly Expression[],
  node: SyntaxNode,
): void {
  for (const key of groupBy) {
    if (key.column === undefined) {
      node.refuse("GROUP BY an expression");
    }
  }
  for (const { column, sources } of shown) {
    if (sources === 0) {
      continue;
    }
    if (column === undefined) {
      node.refuse("an expression over grouped columns");
    } else if (!groupBy.some(({ column: key }) => key !== undefined && isSame(key, column))) {
      throw ungrouped(scope, column);
    }
  }
}

/**
 * The groups of the rows, in the order in which each was met; without GROUP BY there is exactly
 * one.
 */
export function groupRows(
  groupBy: readonly Expression[],
  aggregates: Aggregates,
  found: Iterable<FoundRow>,
  execution: Execution,
): FoundRow[] {
  const frame = new Frame(StatementRun.of(execution), null, 0);
  const groups = new Map<string, { first: FoundRow; values: Datum[] }>();
  if (groupBy.length === 0) {
    const first = { rows: [], aggregates: [], version: null };
    groups.set("", { first, values: aggregates.initialValues() });
  }
  for (const row of found) {
    frame.rows = row.rows;
    const key = groupBy.length === 0 ? "" : keyText(groupBy, frame);
    let group = groups.get(key);
    if (group === undefined) {
      group = { first: row, values: aggregates.initialValues() };
      groups.set(key, group);
    }
    aggregates.accumulate(group.values, frame);
  }
  return [...groups.values()].map(({ first, values }) => ({
    rows: first.rows,
    aggregates: values,
    version: null,
  }));
}

function keyText(groupBy: readonly Expression[], frame: Frame): string {
  let text = "";
  for (const { type, evaluate } of groupBy) {
    const value = evaluate(frame);
    const part = value === null ? null : String(type.hashKey(value));
    text += part === null ? "n" : `${part.length}:${part}`;
  }
  return text;
}

function isSame(
  left: { readonly source: number; readonly column: number },
  right: { readonly source: number; readonly column: number },
): boolean {
  return left.source === right.source && left.column === right.column;
}

function ungrouped(scope: QueryScope, place: { readonly source: number; readonly column: number }) {
  const source = scope.sources[place.source];
  const column = source?.table.columns[place.column]?.name ?? "?";
  const message = `column "${source?.alias ?? "?"}.${column}" must appear in the GROUP BY clause or be used in an aggregate function`;
  return new PostgresError("42803", message);
}
