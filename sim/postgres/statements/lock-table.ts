import { PostgresError } from "../ground/postgres-error.ts";
import { WAIT } from "../ground/wait.ts";
import type { LockMode } from "../locks/lock.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { Utility } from "./utility-statement.ts";

const MODES: readonly LockMode[] = [1, 2, 3, 4, 5, 6, 7, 8];

/** Compiles LOCK TABLE ... IN ... MODE [NOWAIT]. */
export function compileLockTable(node: SyntaxNode): Utility {
  const names = node.children("relations").map((relation) => {
    const name = relation.requiredText("relname");
    relation.only("schemaname", "public");
    relation.only("inh", true);
    relation.only("relpersistence", "p");
    relation.end();
    return name;
  });
  const number = node.number("mode");
  const mode = MODES.find((one) => one === number) ?? node.refuse(`lock mode ${number}`);
  const nowait = node.flag("nowait");
  node.end();
  return {
    tag: "LOCK TABLE",
    columns: [],
    run(execution) {
      const { session, catalog } = execution;
      if (!session.inBlock) {
        throw new PostgresError("25P01", "LOCK TABLE can only be used in transaction blocks");
      }
      // Asked again after a wait, it looks all names up anew: one may stand for another table now.
      for (const name of names) {
        const relation = catalog.findRelation(name);
        if (relation === undefined) {
          throw new PostgresError("42P01", `relation "${name}" does not exist`);
        }
        if (relation.kind !== "table") {
          throw new PostgresError("42809", `"${name}" is not a table or view`);
        }
        const { lock } = relation.table;
        if (nowait && !execution.locks.tryTake(lock, execution.owner, mode)) {
          throw new PostgresError("55P03", `could not obtain lock on relation "${name}"`);
        }
        if (!nowait && !execution.takeLock(lock, mode)) {
          return WAIT;
        }
      }
      return { rows: [], count: 0 };
    },
  };
}
