import { compileCheck } from "../clauses/check-constraint.ts";
import type { StatementPlan, PlanOutcome } from "../clauses/statement-plan.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { type Steps, WAIT } from "../ground/wait.ts";
import { SHARE_LOCK } from "../locks/lock.ts";
import { describeKey } from "../rows/constraint-violation.ts";
import type { Execution } from "../rows/execution.ts";
import { UniqueSearch } from "../rows/unique-search.ts";
import type { Catalog } from "../storage/catalog.ts";
import { chooseName } from "../storage/constraint-name.ts";
import { OrderedIndex } from "../storage/ordered-index.ts";
import {
  type IndexPredicate,
  indexKeyOf,
  type StoredRow,
  type Table,
  type TableIndex,
  typesOf,
} from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";

const NOTHING: PlanOutcome = { rows: [], count: 0 };

/** Compiles CREATE [UNIQUE] INDEX over plain ascending columns, partial or not; to be run once. */
export function compileCreateIndex(catalog: Catalog, node: SyntaxNode): StatementPlan {
  const relation = node.part("relation") ?? node.refuse("CREATE INDEX without a table");
  const table = catalog.demandTable(relation.requiredText("relname"));
  relation.only("schemaname", "public");
  relation.only("inh", true);
  relation.only("relpersistence", "p");
  relation.end();
  const given = node.text("idxname");
  const onlyIfMissing = node.flag("if_not_exists");
  const unique = node.flag("unique");
  node.only("accessMethod", "btree");
  const columns = node.children("indexParams").map((one) => readIndexColumn(table, one));
  const predicate = readPredicate(table, node.child("whereClause"));
  node.end();
  return {
    tag: () => "CREATE INDEX",
    columns: [],
    tableLocks: [{ table, mode: SHARE_LOCK }],
    parameterTypes: [],
    *run(execution) {
      const columnNames = columns.map((at) => table.columns[at]?.name ?? "?");
      const isTaken = (one: string): boolean => catalog.hasRelation(one);
      const name = given ?? chooseName(table.name, columnNames, "idx", isTaken);
      if (isTaken(name)) {
        if (onlyIfMissing) {
          return NOTHING;
        }
        throw new PostgresError("42P07", `relation "${name}" already exists`);
      }
      const index = addIndex(catalog, table, { name, columns, unique, primary: false, predicate });
      yield* fillIndex(execution, table, index);
      return NOTHING;
    },
  };
}

/** Adds an empty index to a table for this transaction, and for all when it commits. */
export function addIndex(
  catalog: Catalog,
  table: Table,
  definition: Omit<TableIndex, "entries">,
): TableIndex {
  const entries = new OrderedIndex<StoredRow>(typesOf(table, definition.columns));
  const index: TableIndex = { ...definition, entries };
  if (catalog.hasRelation(index.name)) {
    throw new PostgresError("42P07", `relation "${index.name}" already exists`);
  }
  catalog.addIndex(table, index);
  return index;
}

function readIndexColumn(table: Table, node: SyntaxNode): number {
  const name = node.text("name") ?? node.refuse("an index on an expression");
  node.only("ordering", "SORTBY_DEFAULT", "SORTBY_ASC");
  node.only("nulls_ordering", "SORTBY_NULLS_DEFAULT", "SORTBY_NULLS_LAST");
  node.end();
  const at = table.columnAt(name);
  if (at >= 0) {
    return at;
  }
  throw new PostgresError("42703", `column "${name}" does not exist`);
}

function readPredicate(table: Table, condition: SyntaxNode | undefined): IndexPredicate | null {
  if (condition === undefined) {
    return null;
  }
  const canonicalConjuncts = conjunctsOf(condition.reopen()).map((one) => one.canonical());
  const { evaluate } = compileCheck(table, condition);
  return { canonicalConjuncts, evaluate };
}

function conjunctsOf(node: SyntaxNode): SyntaxNode[] {
  if (node.kind !== "BoolExpr" || node.text("boolop") !== "AND_EXPR") {
    return [node];
  }
  return node.children("args").flatMap(conjunctsOf);
}

function* fillIndex(execution: Execution, table: Table, index: TableIndex): Steps<void> {
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
      index.entries.insert({ key, row });
    }
  }
}

function notUnique(table: Table, index: TableIndex, key: Parameters<typeof describeKey>[2]) {
  const message = `could not create unique index "${index.name}"`;
  const detail = `${describeKey(table, index.columns, key)} is duplicated.`;
  const parts = { schema: "public", table: table.name, constraint: index.name, detail };
  return new PostgresError("23505", message, parts);
}
