import { PostgresError, serializationFailure } from "../ground/postgres-error.ts";
import type { Wait } from "../ground/wait.ts";
import type { Execution } from "../rows/execution.ts";
import { RowLocking, type RowLockRequest, type WaitPolicy } from "../rows/row-locking.ts";
import { FOR_UPDATE, KEY_SHARE, NO_KEY_UPDATE, type RowLockMode, SHARE } from "../storage/row.ts";
import type { RowVersion } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { QueryScope } from "./query-scope.ts";

/** FOR UPDATE and its kin, of a query over one table. */
export interface Locking {
  readonly mode: RowLockMode;
  readonly policy: WaitPolicy;
}

const MODES: ReadonlyMap<string, RowLockMode> = new Map([
  ["LCS_FORKEYSHARE", KEY_SHARE],
  ["LCS_FORSHARE", SHARE],
  ["LCS_FORNOKEYUPDATE", NO_KEY_UPDATE],
  ["LCS_FORUPDATE", FOR_UPDATE],
]);

const POLICIES: ReadonlyMap<string, WaitPolicy> = new Map([
  ["LockWaitBlock", "wait"],
  ["LockWaitSkip", "skip locked"],
  ["LockWaitError", "nowait"],
]);

/** Reads the locking clause; over more than one table, or twice, it is refused by name. */
export function readLockingClause(scope: QueryScope, nodes: readonly SyntaxNode[]): Locking | null {
  const [node, second] = nodes;
  if (node === undefined) {
    return null;
  }
  second?.refuse("two locking clauses");
  for (const relation of node.children("lockedRels")) {
    checkLockedName(scope, relation);
  }
  const mode = MODES.get(node.requiredText("strength"));
  const policy = POLICIES.get(node.requiredText("waitPolicy"));
  node.end();
  if (mode === undefined || policy === undefined) {
    return node.refuse("this locking clause");
  }
  if (scope.sources.length !== 1) {
    return node.refuse("a row lock over a join, or over no table");
  }
  return { mode, policy };
}

/** nodeLockRows.c: locks rows that the query found, one after the other. */
export class FoundRowLocking {
  readonly #execution: Execution;
  readonly #request: RowLockRequest;
  readonly #locking: RowLocking;

  constructor(execution: Execution, { mode, policy }: Locking) {
    this.#execution = execution;
    this.#request = { mode, policy, follow: execution.isolation === "read committed" };
    this.#locking = new RowLocking(execution);
  }

  /** Forgets the last row and begins with another. */
  start(found: RowVersion): void {
    this.#locking.start(found, this.#request);
  }

  /**
   * The newest version, locked, or null when the row is out: deleted, or skipped. The caller checks
   * its conditions anew when the version is not the one it found.
   *
   * @throws PostgresError (40001 outside READ COMMITTED, 55P03 with NOWAIT)
   */
  step(): RowVersion | null | Wait {
    const outcome = this.#locking.step();
    switch (outcome) {
      case "updated":
        throw serializationFailure("update");
      case "deleted":
        // nodeLockRows.c calls a deletion an update, too.
        if (this.#execution.isolation !== "read committed") {
          throw serializationFailure("update");
        }
        return null;
      case "would-block":
      case "self-modified":
        return null;
      case "invisible":
        throw new Error("a query tried to lock a row version that it cannot see");
      default:
        return outcome;
    }
  }
}

function checkLockedName(scope: QueryScope, relation: SyntaxNode): void {
  const name = relation.requiredText("relname");
  relation.only("inh", true);
  relation.only("relpersistence", "p");
  relation.end();
  if (scope.sources.some((source) => source.alias === name)) {
    return;
  }
  const message = `relation "${name}" in FOR UPDATE clause not found in FROM clause`;
  throw new PostgresError("42P01", message);
}
