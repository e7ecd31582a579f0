import { compileCheck, type RowCondition } from "../clauses/check-constraint.ts";
import { compileWithoutPlace, PostgresError } from "../ground/postgres-error.ts";
import type { Steps } from "../ground/wait.ts";
import { SHARE_ROW_EXCLUSIVE } from "../locks/lock.ts";
import type { Catalog } from "../storage/catalog.ts";
import { chooseName } from "../storage/constraint-name.ts";
import type { CheckConstraint, ForeignKey, Table, TableIndex } from "../storage/table.ts";
import { typesOf } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { FindType } from "../types/type-name.ts";
import { setNotNull } from "./column-change.ts";
import type { ConstraintDefinition, ForeignKeyDefinition } from "./constraint-definition.ts";
import { addIndex } from "./create-index.ts";
import type { Definition } from "./definition.ts";
import { lockKnownTable, lockTable } from "./relation-reference.ts";
import { validateCheck, validateForeignKey } from "./validate-constraint.ts";

const checksCompiledBefore = new WeakMap<SyntaxNode, RowCondition>();

/**
 * Adds constraints to a table: checks are named first, then keys with the primary key before the
 * rest, then foreign keys, as DefineRelation does. Where the table may have rows, they are checked.
 *
 * @throws PostgresError (of class 42, and what the rows violate)
 */
export function* addConstraints(
  definition: Definition,
  table: Table,
  constraints: readonly ConstraintDefinition[],
  rows: "empty" | "may be there",
): Steps<void> {
  const { catalog } = definition;
  const name = (given: string | undefined, columns: readonly string[], label: string): string => {
    if (given !== undefined) {
      demandFreeName(table, given);
      return given;
    }
    const isTaken = (one: string): boolean => hasConstraint(table, one) || catalog.isTaken(one);
    return chooseName(table.name, columns, label, isTaken);
  };
  for (const one of constraints) {
    if (one.kind !== "check") {
      continue;
    }
    const compile = (): RowCondition => checkOf(catalog, table, one.condition);
    const { columns, evaluate } = rows === "empty" ? compile() : compileWithoutPlace(compile);
    const [column, second] = columns;
    const part = column === undefined || second !== undefined ? [] : [column];
    const places = columns.map((read) => table.columnAt(read));
    const check = { name: name(one.name, part, "check"), columns: places, evaluate };
    addCheck(definition, table, check);
    if (rows === "may be there" && one.validated) {
      validateCheck(table, check);
    }
  }
  const keys = constraints.filter((one) => one.kind === "key");
  for (const one of keys.toSorted((a, b) => Number(b.primary) - Number(a.primary))) {
    const { primary } = one;
    const columns = one.columns.map((column) => demandKeyColumn(table, column));
    if (primary && table.writtenIndexes.some((index) => index.primary)) {
      const message = `multiple primary keys for table "${table.name}" are not allowed`;
      throw new PostgresError("42P16", message);
    }
    const indexName = primary ? name(one.name, [], "pkey") : name(one.name, one.columns, "key");
    const kind = { unique: true, primary, constraint: true };
    yield* addIndex(definition, table, { name: indexName, columns, ...kind });
    for (const at of primary ? columns : []) {
      setNotNull(definition, table, at);
    }
  }
  for (const one of constraints) {
    if (one.kind !== "foreign") {
      continue;
    }
    const referenced =
      one.table === table.name
        ? table
        : yield* lockTable(definition, one.table, SHARE_ROW_EXCLUSIVE);
    yield* lockKnownTable(definition, table, SHARE_ROW_EXCLUSIVE);
    const key = makeForeignKey(table, referenced, name(one.name, one.columns, "fkey"), one);
    addForeignKey(definition, key);
    if (rows === "may be there" && one.validated) {
      validateForeignKey(key);
    }
  }
}

/** Adds it for this transaction, and for all when it commits. */
function addForeignKey({ catalog }: Definition, foreignKey: ForeignKey): void {
  const { table, referenced } = foreignKey;
  table.foreignKeys.push(foreignKey);
  referenced.referencedBy.push(foreignKey);
  catalog.onAbort(() => {
    table.foreignKeys.splice(table.foreignKeys.indexOf(foreignKey), 1);
    referenced.referencedBy.splice(referenced.referencedBy.indexOf(foreignKey), 1);
  });
}

/** True when the table has a constraint of the name. */
export function hasConstraint(table: Table, name: string): boolean {
  return [
    ...table.checks,
    ...table.foreignKeys,
    ...table.writtenIndexes.filter((index) => index.constraint),
  ].some((one) => one.name === name);
}

function demandFreeName(table: Table, name: string): void {
  if (hasConstraint(table, name)) {
    const message = `constraint "${name}" for relation "${table.name}" already exists`;
    throw new PostgresError("42710", message);
  }
}

function addCheck({ catalog }: Definition, table: Table, check: CheckConstraint): void {
  catalog.change(table, () => {
    table.checks.push(check);
    table.checks.sort((left, right) => (left.name < right.name ? -1 : 1));
    return () => void table.checks.splice(table.checks.indexOf(check), 1);
  });
}

/**
 * A condition belongs to one statement, so the columns that it is compiled for are always the same.
 */
function checkOf(catalog: Catalog, table: Table, condition: SyntaxNode): RowCondition {
  const find: FindType = (name) => catalog.findType(name);
  const check = checksCompiledBefore.get(condition) ?? compileCheck(table, condition, find);
  checksCompiledBefore.set(condition, check);
  return check;
}

function makeForeignKey(
  table: Table,
  referenced: Table,
  name: string,
  { columns: names, referenced: referencedNames, ...rest }: ForeignKeyDefinition,
): ForeignKey {
  const columns = names.map((column) => demandForeignColumn(table, column));
  const primary = referenced.writtenIndexes.find((index) => index.primary);
  const referencedColumns =
    referencedNames.length > 0
      ? referencedNames.map((column) => demandForeignColumn(referenced, column))
      : [...(primary?.columns ?? [])];
  if (primary === undefined && referencedNames.length === 0) {
    const message = `there is no primary key for referenced table "${referenced.name}"`;
    throw new PostgresError("42704", message);
  }
  if (columns.length !== referencedColumns.length) {
    const message = "number of referencing and referenced columns for foreign key disagree";
    throw new PostgresError("42830", message);
  }
  if (!referenced.writtenIndexes.some((index) => isKeyOver(index, referencedColumns))) {
    const message = `there is no unique constraint matching given keys for referenced table "${referenced.name}"`;
    throw new PostgresError("42830", message);
  }
  const { onDelete, onUpdate, deferrable, initiallyDeferred } = rest;
  if (columns.some((at) => (table.columns[at]?.generated ?? null) !== null)) {
    const event =
      onUpdate === "set null" || onUpdate === "cascade"
        ? "ON UPDATE"
        : onDelete === "set null"
          ? "ON DELETE"
          : undefined;
    if (event !== undefined) {
      const message = `invalid ${event} action for foreign key constraint containing generated column`;
      throw new PostgresError("42601", message);
    }
  }
  return {
    name,
    table,
    columns,
    referenced,
    referencedColumns,
    types: typesOf(referenced, referencedColumns),
    onDelete,
    onUpdate,
    deferrable,
    initiallyDeferred,
  };
}

function isKeyOver(index: TableIndex, columns: readonly number[]): boolean {
  return (
    index.unique &&
    index.predicate === null &&
    index.columns.length === columns.length &&
    index.columns.every((column) => columns.includes(column))
  );
}

function demandKeyColumn(table: Table, name: string): number {
  const at = table.columnAt(name);
  if (at >= 0) {
    return at;
  }
  throw new PostgresError("42703", `column "${name}" named in key does not exist`);
}

function demandForeignColumn(table: Table, name: string): number {
  const at = table.columnAt(name);
  if (at >= 0) {
    return at;
  }
  const message = `column "${name}" referenced in foreign key constraint does not exist`;
  throw new PostgresError("42703", message);
}
