import type { StatementPlan, PlanTemplate } from "../clauses/statement-plan.ts";
import { compileAlterTable } from "../definitions/alter-table.ts";
import { compileCreateIndex } from "../definitions/create-index.ts";
import { compileCreateTable } from "../definitions/create-table.ts";
import { compileCreateEnum } from "../definitions/create-type.ts";
import { compileDrop } from "../definitions/drop.ts";
import { compileRename } from "../definitions/rename.ts";
import { compileAlterSequence, compileCreateSequence } from "../definitions/sequence.ts";
import { compileTruncate } from "../definitions/truncate.ts";
import type { LockMode } from "../locks/lock.ts";
import type { Catalog } from "../storage/catalog.ts";
import type { Table } from "../storage/table.ts";
import type { ParsedStatement } from "../syntax/postgres-parser.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { compileChangeStatement, compileSelectStatement } from "./query-statement.ts";

interface CompiledTemplate {
  readonly template: PlanTemplate;
  readonly shapes: readonly string[];
  readonly types: string;
}

/**
 * Shared by every engine of the process: a template depends on the text and the tables' shapes
 * alone.
 */
const templates = new WeakMap<ParsedStatement, CompiledTemplate[]>();
const TEMPLATES_OF_A_STATEMENT_MAX = 8;

/**
 * Compiles a statement for the catalog as its transaction sees it; every other kind is refused by
 * name.
 */
export function compileStatement(catalog: Catalog, statement: ParsedStatement): StatementPlan {
  statement.refuseUnknown();
  if (isDefinition(statement)) {
    return compileDefinition(catalog, statement);
  }
  const known = templates.get(statement) ?? [];
  const { typesKey } = catalog;
  for (const { template, shapes, types } of known) {
    if (types !== typesKey) {
      continue;
    }
    const tables = tablesOf(template, catalog);
    if (tables?.every((table, at) => table.shape === shapes[at])) {
      return template.bind(tables);
    }
  }
  const template = compileTemplate(catalog, statement);
  const tables = tablesOf(template, catalog);
  if (tables === undefined) {
    throw new Error("a table is gone while the statement that names it is compiled");
  }
  if (known.length >= TEMPLATES_OF_A_STATEMENT_MAX) {
    known.shift();
  }
  known.push({ template, shapes: tables.map((table) => table.shape), types: typesKey });
  templates.set(statement, known);
  return template.bind(tables);
}

/** True when the statement changes the catalog: its plan serves once. */
export function isDefinition(statement: ParsedStatement): boolean {
  return statement.kind === "CreateStmt" || DEFINITIONS.has(statement.kind);
}

const DEFINITIONS: ReadonlyMap<string, (catalog: Catalog, node: SyntaxNode) => StatementPlan> =
  new Map([
    ["AlterSeqStmt", compileAlterSequence],
    ["AlterTableStmt", compileAlterTable],
    ["CreateEnumStmt", compileCreateEnum],
    ["CreateSeqStmt", compileCreateSequence],
    ["DropStmt", compileDrop],
    ["IndexStmt", compileCreateIndex],
    ["RenameStmt", compileRename],
    ["TruncateStmt", compileTruncate],
  ]);

function compileDefinition(catalog: Catalog, statement: ParsedStatement): StatementPlan {
  const compile = DEFINITIONS.get(statement.kind);
  return compile === undefined
    ? compileCreateTable(catalog, statement)
    : compile(catalog, statement.open());
}

function compileTemplate(catalog: Catalog, statement: ParsedStatement): PlanTemplate {
  const node = statement.open();
  switch (statement.kind) {
    case "SelectStmt":
      return compileSelectStatement(catalog, node);
    case "InsertStmt":
    case "UpdateStmt":
    case "DeleteStmt":
      return compileChangeStatement(catalog, node);
    default:
      return node.refuse(statement.kind);
  }
}

/** The tables that a template names, or undefined when one of them is not there. */
function tablesOf(template: PlanTemplate, catalog: Catalog): readonly Table[] | undefined {
  const found: { readonly table: Table; readonly mode: LockMode }[] = [];
  for (const { name, mode } of template.tables) {
    const table = catalog.findTable(name, mode, found);
    if (table === undefined) {
      return undefined;
    }
    found.push({ table, mode });
  }
  return found.map(({ table }) => table);
}
