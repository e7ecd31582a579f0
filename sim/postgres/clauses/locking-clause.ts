import { PostgresError } from "../ground/postgres-error.ts";
import { ROW_SHARE } from "../locks/lock.ts";
import type { RowMark } from "../operators/lock-rows.ts";
import type { WaitPolicy } from "../rows/row-locking.ts";
import { FOR_UPDATE, KEY_SHARE, NO_KEY_UPDATE, type RowLockMode, SHARE } from "../storage/row.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { FromClause } from "./from-clause.ts";
import { nullableMaskOf } from "./from-item.ts";
import type { Locking } from "./query-plan.ts";

const MODES: ReadonlyMap<string, RowLockMode> = new Map([
  ["LCS_FORKEYSHARE", KEY_SHARE],
  ["LCS_FORSHARE", SHARE],
  ["LCS_FORNOKEYUPDATE", NO_KEY_UPDATE],
  ["LCS_FORUPDATE", FOR_UPDATE],
]);

const WORDS: Readonly<Record<RowLockMode, string>> = {
  [KEY_SHARE]: "FOR KEY SHARE",
  [SHARE]: "FOR SHARE",
  [NO_KEY_UPDATE]: "FOR NO KEY UPDATE",
  [FOR_UPDATE]: "FOR UPDATE",
};

const POLICIES: ReadonlyMap<string, WaitPolicy> = new Map([
  ["LockWaitBlock", "wait"],
  ["LockWaitSkip", "skip locked"],
  ["LockWaitError", "nowait"],
]);

/** Of two policies for one row the one that waits less holds, as in applyLockingClause. */
const POLICY_ORDER: readonly WaitPolicy[] = ["wait", "skip locked", "nowait"];

/** Reads one locking clause; `names` are the tables after OF, empty for all. */
export function readLockingClause(node: SyntaxNode): {
  readonly locking: Locking;
  readonly names: readonly string[];
  readonly words: string;
} {
  const names = node.children("lockedRels").map((relation) => {
    const name = relation.requiredText("relname");
    relation.only("inh", true);
    relation.only("relpersistence", "p");
    relation.end();
    return name;
  });
  const mode = MODES.get(node.requiredText("strength"));
  const policy = POLICIES.get(node.requiredText("waitPolicy"));
  node.end();
  if (mode === undefined || policy === undefined) {
    return node.refuse("this locking clause");
  }
  return { locking: { mode, policy }, names, words: WORDS[mode] };
}

/** The words of a lock's mode. */
export function wordsOf({ mode }: Locking): string {
  return WORDS[mode];
}

/**
 * transformLockingClause: marks the tables whose rows are locked. A sub-select of FROM gets the
 * lock for its own tables; other entries have no rows that could be locked.
 */
export function markRows(
  from: FromClause,
  marks: RowMark[],
  wanted: {
    readonly locking: Locking;
    readonly names: readonly string[];
    readonly node: SyntaxNode;
  },
): void {
  const { locking, names, node } = wanted;
  const found = new Set<string>();
  const nullable = nullableMaskOf(from.group);
  for (const { alias, mask, tables, subSelects, lockless } of from.lockable) {
    if (names.length > 0 && !names.includes(alias)) {
      continue;
    }
    found.add(alias);
    if (lockless !== null) {
      if (names.length > 0) {
        const message = `${wordsOf(locking)} cannot be applied to ${lockless}`;
        throw new PostgresError("0A000", message);
      }
      continue;
    }
    if ((nullable & mask) !== 0) {
      const message = `${wordsOf(locking)} cannot be applied to the nullable side of an outer join`;
      throw new PostgresError("0A000", message);
    }
    for (const { source, use } of tables) {
      addMark(marks, source, locking);
      use.mode = ROW_SHARE;
    }
    for (const plan of subSelects) {
      plan.lock(locking, node);
    }
  }
  const missing = names.find((name) => !found.has(name));
  if (missing !== undefined) {
    const message = `relation "${missing}" in ${wordsOf(locking)} clause not found in FROM clause`;
    throw new PostgresError("42P01", message);
  }
}

function addMark(marks: RowMark[], source: number, { mode, policy }: Locking): void {
  const mark = marks.find((one) => one.source === source);
  if (mark === undefined) {
    marks.push({ source, mode, policy });
    return;
  }
  mark.mode = mode > mark.mode ? mode : mark.mode;
  if (POLICY_ORDER.indexOf(policy) > POLICY_ORDER.indexOf(mark.policy)) {
    mark.policy = policy;
  }
}
