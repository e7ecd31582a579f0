import { compileAdvisoryLock } from "./advisory-lock.ts";
import type { Catalog } from "./catalog.ts";
import { compileCreateIndex } from "./create-index.ts";
import { compileCreateTable } from "./create-table.ts";
import { compileInsert } from "./insert.ts";
import { compileDelete, compileUpdate } from "./modify.ts";
import type { Plan } from "./plan.ts";
import type { ParsedStatement } from "./postgres-parser.ts";
import { compileSelect } from "./select.ts";

/** Compiles a statement for the catalog as its transaction sees it; every other kind is refused by name. */
export function compileStatement(catalog: Catalog, statement: ParsedStatement): Plan {
  const node = statement.open();
  switch (statement.kind) {
    case "SelectStmt":
      return compileAdvisoryLock(node) ?? compileSelect(catalog, node);
    case "InsertStmt":
      return compileInsert(catalog, node);
    case "UpdateStmt":
      return compileUpdate(catalog, node);
    case "DeleteStmt":
      return compileDelete(catalog, node);
    case "CreateStmt":
      return compileCreateTable(catalog, node);
    case "IndexStmt":
      return compileCreateIndex(catalog, node);
    default:
      return node.refuse(statement.kind);
  }
}

/** True when the statement changes the catalog: its plan serves once. */
export function isDefinition(statement: ParsedStatement): boolean {
  return statement.kind === "CreateStmt" || statement.kind === "IndexStmt";
}
