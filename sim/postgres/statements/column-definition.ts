import { DefinitionScope } from "../clauses/definition-scope.ts";
import { coerceForColumn } from "../expressions/coercion.ts";
import { compileExpression } from "../expressions/compile-expression.ts";
import { Frame, StatementRun } from "../expressions/frame.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { Datum } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import { readTypeName } from "../types/type-name.ts";

/** A column as CREATE TABLE words it. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: SqlType;
  readonly typmod: number;
  notNull: boolean;
  identity: boolean;
  defaultValue: Datum;
}

/** A constraint of a table or of one of its columns, which comes to the same. */
export type ConstraintDefinition =
  | { readonly kind: "check"; readonly name: string | undefined; readonly condition: SyntaxNode }
  | {
      readonly kind: "key";
      readonly name: string | undefined;
      readonly primary: boolean;
      readonly columns: readonly string[];
    }
  | {
      readonly kind: "foreign";
      readonly name: string | undefined;
      readonly columns: readonly string[];
      readonly table: string;
      readonly referenced: readonly string[];
    };

/** Reads the columns and constraints of CREATE TABLE, in the order in which they stand. */
export function readTableElements(nodes: readonly SyntaxNode[]): {
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly ConstraintDefinition[];
} {
  const columns: ColumnDefinition[] = [];
  const constraints: ConstraintDefinition[] = [];
  for (const node of nodes) {
    if (node.kind === "ColumnDef") {
      columns.push(readColumn(node, columns, constraints));
    } else if (node.kind === "Constraint") {
      constraints.push(readConstraint(node, undefined));
    } else {
      node.refuse(`${node.kind} in CREATE TABLE`);
    }
  }
  return { columns, constraints };
}

function readColumn(
  node: SyntaxNode,
  before: readonly ColumnDefinition[],
  constraints: ConstraintDefinition[],
): ColumnDefinition {
  const name = node.requiredText("colname");
  const { type, typmod } = readTypeName(
    node.part("typeName") ?? node.refuse("a column without a type"),
  );
  node.only("is_local", true);
  const column: ColumnDefinition = {
    name,
    type,
    typmod,
    notNull: false,
    identity: false,
    defaultValue: null,
  };
  for (const constraint of node.children("constraints")) {
    readColumnConstraint(constraint, column, constraints);
  }
  node.end();
  if (before.some((other) => other.name === name)) {
    throw new PostgresError("42701", `column "${name}" specified more than once`);
  }
  return column;
}

function readColumnConstraint(
  node: SyntaxNode,
  column: ColumnDefinition,
  constraints: ConstraintDefinition[],
): void {
  switch (node.reopen().requiredText("contype")) {
    case "CONSTR_NOTNULL":
      finishPlain(node);
      column.notNull = true;
      return;
    case "CONSTR_NULL":
      finishPlain(node);
      return;
    case "CONSTR_IDENTITY":
      node.only("generated_when", "a");
      finishPlain(node);
      column.identity = true;
      return;
    case "CONSTR_DEFAULT":
      column.defaultValue = readDefault(node.requiredChild("raw_expr"), column);
      finishPlain(node);
      return;
    default:
      constraints.push(readConstraint(node, column.name));
  }
}

function readDefault(expression: SyntaxNode, column: ColumnDefinition): Datum {
  const scope = new DefinitionScope(null);
  const compiled = coerceForColumn(scope, compileExpression(scope, expression), column);
  if (scope.parameters.count > 0) {
    expression.refuse("a parameter in a definition");
  }
  return compiled.evaluate(new Frame(new StatementRun(), null, 0));
}

function readConstraint(node: SyntaxNode, column: string | undefined): ConstraintDefinition {
  const name = node.text("conname");
  const kind = node.reopen().requiredText("contype");
  const own = column === undefined ? [] : [column];
  switch (kind) {
    case "CONSTR_CHECK": {
      const condition = node.requiredChild("raw_expr");
      finishPlain(node);
      return { kind: "check", name, condition };
    }
    case "CONSTR_PRIMARY":
    case "CONSTR_UNIQUE": {
      const columns = column === undefined ? node.names("keys") : own;
      finishPlain(node);
      return { kind: "key", name, primary: kind === "CONSTR_PRIMARY", columns };
    }
    case "CONSTR_FOREIGN": {
      const relation = node.part("pktable") ?? node.refuse("a foreign key without a table");
      const table = relation.requiredText("relname");
      relation.only("schemaname", "public");
      relation.only("inh", true);
      relation.only("relpersistence", "p");
      relation.end();
      const referenced = node.names("pk_attrs");
      const columns = column === undefined ? node.names("fk_attrs") : own;
      node.only("fk_matchtype", "s");
      node.only("fk_upd_action", "a");
      node.only("fk_del_action", "a");
      finishPlain(node);
      return { kind: "foreign", name, columns, table, referenced };
    }
    default:
      return node.refuse(`constraint ${kind}`);
  }
}

function finishPlain(node: SyntaxNode): void {
  node.requiredText("contype");
  node.only("is_enforced", true);
  node.only("initially_valid", true);
  node.end();
}
