import { compileCheck } from "../clauses/check-constraint.ts";
import { compileIndexExpression } from "../clauses/index-expression.ts";
import type { StatementPlan } from "../clauses/statement-plan.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { type Steps, WAIT } from "../ground/wait.ts";
import { SHARE_LOCK } from "../locks/lock.ts";
import { describeIndexKey } from "../rows/constraint-violation.ts";
import { UniqueSearch } from "../rows/unique-search.ts";
import type { Catalog } from "../storage/catalog.ts";
import { chooseName } from "../storage/constraint-name.ts";
import { type IndexKey, OrderedIndex } from "../storage/ordered-index.ts";
import {
  EXPRESSION,
  type IndexExpression,
  type IndexPredicate,
  indexKeyOf,
  type StoredRow,
  type Table,
  type TableIndex,
  typesOf,
} from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { FindType } from "../types/type-name.ts";
import { readStorageOption } from "./constraint-definition.ts";
import { type Definition, planDefinition } from "./definition.ts";
import { awaitNameRival, lockTable, readRelationName } from "./relation-reference.ts";

/** What an index is made of; whatever is left out is that of a plain one. */
export interface IndexDefinition {
  readonly name: string;
  readonly columns: readonly number[];
  readonly expressions?: readonly (IndexExpression | undefined)[];
  readonly unique?: boolean;
  readonly primary?: boolean;
  readonly constraint?: boolean;
  readonly predicate?: IndexPredicate | null;
}

interface IndexPart {
  readonly column: number;
  readonly expression: IndexExpression | undefined;
  /** What it adds to the name of an index that was given none. */
  readonly name: string;
}

/** Compiles CREATE [UNIQUE] INDEX of the kind B-tree. */
export function compileCreateIndex(catalog: Catalog, node: SyntaxNode): StatementPlan {
  const tableName = readRelationName(node.part("relation"));
  const given = node.text("idxname");
  const onlyIfMissing = node.flag("if_not_exists");
  const unique = node.flag("unique");
  node.only("accessMethod", "btree");
  const parts = node.children("indexParams");
  const included = node.children("indexIncludingParams");
  node.children("options").forEach(readStorageOption);
  const condition = node.child("whereClause");
  node.end();
  return planDefinition("CREATE INDEX", catalog, function* define(definition) {
    const table = yield* lockTable(definition, tableName, SHARE_LOCK);
    const find: FindType = (one) => catalog.findType(one);
    if (given !== undefined && catalog.findRelation(given) !== undefined) {
      if (onlyIfMissing) {
        return;
      }
      throw new PostgresError("42P07", `relation "${given}" already exists`);
    }
    const made = parts.map((part) => readPart(table, part, find));
    const names = [...made, ...included.map((part) => readPart(table, part, find))].map(
      (part) => part.name,
    );
    const name = given ?? chooseName(table.name, names, "idx", (one) => catalog.isTaken(one));
    yield* addIndex(definition, table, {
      name,
      columns: made.map((part) => part.column),
      expressions: made.every((part) => part.expression === undefined)
        ? []
        : made.map((part) => part.expression),
      unique,
      predicate: readPredicate(table, condition, find),
    });
  });
}

/** Adds an index and fills it. @throws PostgresError (42P07, 23505) */
export function* addIndex(
  definition: Definition,
  table: Table,
  { name, columns, expressions = [], predicate = null, ...kind }: IndexDefinition,
): Steps<TableIndex> {
  const { catalog } = definition;
  if (catalog.findRelation(name) !== undefined) {
    throw new PostgresError("42P07", `relation "${name}" already exists`);
  }
  yield* awaitNameRival(definition, name, "index");
  const types = columns.map((column, at) =>
    column === EXPRESSION ? expressions[at]?.type : typesOf(table, [column])[0],
  );
  const { unique = false, primary = false, constraint = false } = kind;
  const index: TableIndex = {
    name,
    columns,
    expressions,
    unique,
    primary,
    constraint,
    predicate,
    entries: new OrderedIndex<StoredRow>(types.filter((type) => type !== undefined)),
  };
  catalog.addIndex(table, index);
  yield* fillIndex(definition, table, index);
  return index;
}

function readPart(table: Table, node: SyntaxNode, find: FindType): IndexPart {
  const name = node.text("name");
  const expression = node.child("expr");
  // The direction says how the entries lie, not what is found.
  node.text("ordering");
  node.text("nulls_ordering");
  node.end();
  if (expression !== undefined) {
    const compiled = compileIndexExpression(table, expression, find);
    return { column: EXPRESSION, expression: compiled, name: compiled.name };
  }
  const column = table.columnAt(name ?? "");
  if (column < 0 || name === undefined) {
    throw new PostgresError("42703", `column "${name}" does not exist`);
  }
  return { column, expression: undefined, name };
}

function readPredicate(
  table: Table,
  condition: SyntaxNode | undefined,
  find: FindType,
): IndexPredicate | null {
  if (condition === undefined) {
    return null;
  }
  const canonicalConjuncts = conjunctsOf(condition.reopen()).map((one) => one.canonical());
  const { evaluate, isMutable } = compileCheck(table, condition, find, "index predicate");
  if (isMutable) {
    const message = "functions in index predicate must be marked IMMUTABLE";
    throw new PostgresError("42P17", message);
  }
  return { canonicalConjuncts, evaluate };
}

function conjunctsOf(node: SyntaxNode): SyntaxNode[] {
  if (node.kind !== "BoolExpr" || node.text("boolop") !== "AND_EXPR") {
    return [node];
  }
  return node.children("args").flatMap(conjunctsOf);
}

function* fillIndex({ execution }: Definition, table: Table, index: TableIndex): Steps<void> {
  const search = new UniqueSearch(execution);
  for (const row of table.rows) {
    for (const version of row.versions) {
      if (version.createdBy.status === "aborted") {
        continue;
      }
      const key = indexKeyOf(index, version.values);
      if (key === undefined) {
        continue;
      }
      if (index.unique && !key.includes(null) && version.liveEnder === null) {
        let conflict = search.find(index, key, version);
        for (; conflict === WAIT; conflict = search.find(index, key, version)) {
          yield WAIT;
        }
        if (conflict !== null) {
          throw notUnique(table, index, key);
        }
      }
      index.entries.insert(key, row);
    }
  }
}

function notUnique(table: Table, index: TableIndex, key: IndexKey) {
  const message = `could not create unique index "${index.name}"`;
  const detail = `${describeIndexKey(table, index, key)} is duplicated.`;
  const parts = { schema: "public", table: table.name, constraint: index.name, detail };
  return new PostgresError("23505", message, parts);
}
