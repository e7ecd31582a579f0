import { PostgresError } from "../ground/postgres-error.ts";
import { type Steps, WAIT } from "../ground/wait.ts";
import type { Lock, LockMode } from "../locks/lock.ts";
import { hasEnded } from "../rows/await-transaction.ts";
import type { Relation } from "../storage/relation-name.ts";
import type { Table } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { Definition } from "./definition.ts";

/** Reads the name of a relation; temporary ones and other schemas are refused by name. */
export function readRelationName(node: SyntaxNode | undefined): string {
  if (node === undefined) {
    throw new Error("the grammar gives every definition a relation");
  }
  const name = node.requiredText("relname");
  node.only("schemaname", "public");
  node.only("inh", true);
  node.only("relpersistence", "p");
  node.end();
  return name;
}

/**
 * RangeVarGetRelidExtended: looks the relation up and locks it, and looks again after a wait, for
 * then the name may stand for another.
 */
export function* lockRelation(
  { execution, catalog }: Definition,
  name: string,
  mode: LockMode,
): Steps<Relation | undefined> {
  for (;;) {
    const relation = catalog.findRelation(name);
    if (relation === undefined) {
      return undefined;
    }
    if (execution.takeLock(lockOf(relation), mode)) {
      return relation;
    }
    yield WAIT;
    if (isSame(relation, catalog.findRelation(name))) {
      return relation;
    }
  }
}

/** @throws PostgresError (42P01, 42809) when there is no table of the name */
export function* lockTable(definition: Definition, name: string, mode: LockMode): Steps<Table> {
  const relation = yield* lockRelation(definition, name, mode);
  if (relation?.kind === "table") {
    return relation.table;
  }
  if (relation === undefined) {
    throw new PostgresError("42P01", `relation "${name}" does not exist`);
  }
  throw new PostgresError("42809", `"${name}" is not a table`);
}

/** A lock on a table that is known already. */
export function* lockKnownTable(
  { execution }: Definition,
  table: Table,
  mode: LockMode,
): Steps<void> {
  if (!execution.takeLock(table.lock, mode)) {
    yield WAIT;
  }
}

/**
 * Waits for another transaction that gives the same name to something, and reports what a unique
 * index of the catalog would: tables meet at that of pg_type, all others at that of pg_class.
 *
 * @throws PostgresError (23505) when the other one commits
 */
export function* awaitNameRival(
  { execution, catalog }: Definition,
  name: string,
  kind: Relation["kind"],
): Steps<void> {
  for (;;) {
    const rival = catalog.rivalFor(name);
    if (rival === null) {
      return;
    }
    if (!hasEnded(execution, rival)) {
      yield WAIT;
    }
    if (rival.status !== "committed") {
      continue;
    }
    const [table, column] = kind === "table" ? ["pg_type", "typ"] : ["pg_class", "rel"];
    const constraint = `${table}_${column}name_nsp_index`;
    throw new PostgresError(
      "23505",
      `duplicate key value violates unique constraint "${constraint}"`,
      {
        schema: "pg_catalog",
        table,
        constraint,
        detail: `Key (${column}name, ${column}namespace)=(${name}, 2200) already exists.`,
      },
    );
  }
}

function lockOf(relation: Relation): Lock {
  return relation.kind === "sequence" ? relation.sequence.lock : relation.table.lock;
}

function isSame(one: Relation, other: Relation | undefined): boolean {
  if (other === undefined || one.kind !== other.kind) {
    return false;
  }
  return lockOf(one) === lockOf(other);
}
