import { compileDefault } from "../clauses/column-default.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { DEFAULT_SEQUENCE, type SequenceOptions } from "../storage/sequence.ts";
import type { ColumnDefault } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { builtinType, isWhole } from "../types/builtin-types.ts";
import type { SqlType } from "../types/sql-type.ts";
import { type FindType, readTypeName } from "../types/type-name.ts";
import {
  type ConstraintDefinition,
  finishConstraint,
  readConstraint,
} from "./constraint-definition.ts";
import { readSequenceOptions } from "./sequence-options.ts";

/** A column as CREATE TABLE or ADD COLUMN words it. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: SqlType;
  readonly typmod: number;
  notNull: boolean;
  identity: IdentityDefinition | null;
  default: ColumnDefault | null;
  /** The expression of GENERATED ALWAYS AS; it is compiled when the table has all its columns. */
  generated: SyntaxNode | null;
}

/** GENERATED AS IDENTITY, or serial, which is a default that draws from a sequence of its own. */
interface IdentityDefinition {
  readonly always: boolean;
  readonly sequence: SequenceOptions;
}

/** How an expression inside a definition is compiled. */
type CompileDefinition = <Compiled>(compile: () => Compiled) => Compiled;

/** Reads the columns and constraints of CREATE TABLE, in the order in which they stand. */
export function readTableElements(
  nodes: readonly SyntaxNode[],
  find: FindType,
): {
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly ConstraintDefinition[];
} {
  const columns: ColumnDefinition[] = [];
  const constraints: ConstraintDefinition[] = [];
  for (const node of nodes) {
    if (node.kind === "ColumnDef") {
      const column = readColumn(node, constraints, find);
      if (columns.some((other) => other.name === column.name)) {
        throw new PostgresError("42701", `column "${column.name}" specified more than once`);
      }
      columns.push(column);
    } else if (node.kind === "Constraint") {
      constraints.push(readConstraint(node, undefined));
    } else {
      node.refuse(`${node.kind} in CREATE TABLE`);
    }
  }
  return { columns, constraints };
}

/** Reads one column; the constraints that it carries go to those of the table. */
export function readColumn(
  node: SyntaxNode,
  constraints: ConstraintDefinition[],
  find: FindType,
  compileDefinition: CompileDefinition = (compile) => compile(),
): ColumnDefinition {
  const name = node.requiredText("colname");
  const typeName = node.part("typeName") ?? node.refuse("a column without a type");
  const serial = serialType(typeName.reopen());
  const { type, typmod } =
    serial === undefined ? readTypeName(typeName, find) : { type: serial, typmod: -1 };
  node.only("is_local", true);
  const column: ColumnDefinition = {
    name,
    type,
    typmod,
    notNull: serial !== undefined,
    identity: serial === undefined ? null : { always: false, sequence: sequenceOf(type) },
    default: null,
    generated: null,
  };
  for (const constraint of node.children("constraints")) {
    readColumnConstraint(constraint, column, constraints, (raw) =>
      compileDefinition(() => compileDefault(raw, column, find)),
    );
  }
  if (column.generated !== null && (column.default !== null || column.identity !== null)) {
    column.generated.refuse("a generated column with a default or as identity");
  }
  node.end();
  return column;
}

const SERIALS: ReadonlyMap<string, string> = new Map([
  ["serial", "int4"],
  ["serial4", "int4"],
  ["bigserial", "int8"],
  ["serial8", "int8"],
]);

function serialType(typeName: SyntaxNode): SqlType | undefined {
  const [name, second] = typeName.names("names");
  const whole = name === undefined || second !== undefined ? undefined : SERIALS.get(name);
  return whole === undefined ? undefined : builtinType(whole);
}

/** A sequence ends where its column's type does. */
function sequenceOf(type: SqlType): SequenceOptions {
  return type.catalogName === "int4"
    ? { ...DEFAULT_SEQUENCE, max: 2n ** 31n - 1n }
    : DEFAULT_SEQUENCE;
}

function readColumnConstraint(
  node: SyntaxNode,
  column: ColumnDefinition,
  constraints: ConstraintDefinition[],
  compile: (expression: SyntaxNode) => ColumnDefault,
): void {
  switch (node.reopen().requiredText("contype")) {
    case "CONSTR_NOTNULL":
      finishConstraint(node);
      column.notNull = true;
      return;
    case "CONSTR_NULL":
      finishConstraint(node);
      return;
    case "CONSTR_IDENTITY": {
      if (!isWhole(column.type)) {
        throw new PostgresError(
          "22023",
          "identity column type must be smallint, integer, or bigint",
        );
      }
      const always = node.requiredText("generated_when") === "a";
      const sequence = readSequenceOptions(node.children("options"), sequenceOf(column.type));
      finishConstraint(node);
      column.identity = { always, sequence };
      column.notNull = true;
      return;
    }
    case "CONSTR_GENERATED":
      node.only("generated_when", "a");
      node.only("generated_kind", "s");
      column.generated = node.requiredChild("raw_expr");
      finishConstraint(node);
      return;
    case "CONSTR_DEFAULT":
      column.default = compile(node.requiredChild("raw_expr"));
      finishConstraint(node);
      return;
    case "CONSTR_ATTR_DEFERRABLE":
    case "CONSTR_ATTR_NOT_DEFERRABLE":
    case "CONSTR_ATTR_DEFERRED":
    case "CONSTR_ATTR_IMMEDIATE":
      readDeferral(node, constraints);
      return;
    default:
      constraints.push(readConstraint(node, column.name));
  }
}

/** Behind a column's constraint the grammar puts each word about deferral as one of its own. */
function readDeferral(node: SyntaxNode, constraints: ConstraintDefinition[]): void {
  const word = node.reopen().requiredText("contype");
  finishConstraint(node);
  const last = constraints.pop();
  if (last?.kind !== "foreign") {
    return node.refuse("a constraint that can be deferred and is no foreign key");
  }
  const initiallyDeferred = word === "CONSTR_ATTR_DEFERRED" || last.initiallyDeferred;
  const deferrable = word === "CONSTR_ATTR_DEFERRABLE" || initiallyDeferred || last.deferrable;
  constraints.push({ ...last, deferrable, initiallyDeferred });
}
