import { compileExpression } from "../expressions/compile-expression.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { Table } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { assign, type ColumnAssignment, demandColumn, type WrittenValue } from "./assignment.ts";
import type { QueryScope } from "./query-scope.ts";
import { columnsOfRow } from "./sub-link.ts";

/** Compiles SET of UPDATE and of ON CONFLICT DO UPDATE. */
export function compileSetClause(
  scope: QueryScope,
  table: Table,
  nodes: readonly SyntaxNode[],
): ColumnAssignment[] {
  const written = nodes.map((node) => {
    const { position } = node;
    const name = node.requiredText("name");
    const value = node.requiredChild("val");
    node.end();
    return {
      name,
      position,
      value: scope.within("UPDATE", null, () => compileValue(scope, value)),
    };
  });
  const assignments: ColumnAssignment[] = [];
  for (const { name, position, value } of written) {
    const column = demandColumn(table, name, position);
    if (assignments.some((one) => one.column === column)) {
      throw new PostgresError("42601", `multiple assignments to same column "${name}"`);
    }
    assignments.push(
      assign(scope, table, column, { value, position: value?.node?.start }, "update"),
    );
  }
  // They are computed in the order of the table's columns.
  return assignments.toSorted((left, right) => left.column - right.column);
}

function compileValue(scope: QueryScope, node: SyntaxNode): WrittenValue {
  if (node.kind === "SetToDefault") {
    return null;
  }
  if (node.kind !== "MultiAssignRef") {
    return compileExpression(scope, node);
  }
  // `(a, b) = ...`: each column reads its own part of the source.
  const source = node.requiredChild("source");
  const at = node.number("colno") - 1;
  const columns = node.number("ncolumns");
  node.end();
  if (source.kind === "RowExpr") {
    const parts = source.children("args");
    source.only("row_format", "COERCE_IMPLICIT_CAST", "COERCE_EXPLICIT_CALL");
    source.end();
    demandCount(source, parts.length, columns);
    const part = parts[at] ?? source.refuse("a row of another length");
    return part.kind === "SetToDefault" ? null : compileExpression(scope, part);
  }
  if (source.kind === "SubLink") {
    const parts = columnsOfRow(scope, source);
    demandCount(source, parts.length, columns);
    return parts[at] ?? source.refuse("a row of another length");
  }
  return source.refuse(`${source.kind} as the source of several columns`);
}

function demandCount(source: SyntaxNode, values: number, columns: number): void {
  if (values !== columns) {
    const message = "number of columns does not match number of values";
    throw new PostgresError("42601", message).at(source.position);
  }
}
