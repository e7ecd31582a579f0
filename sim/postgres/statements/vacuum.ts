import { PostgresError } from "../ground/postgres-error.ts";
import { WAIT } from "../ground/wait.ts";
import { SHARE_UPDATE_EXCLUSIVE } from "../locks/lock.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { Utility } from "./utility-statement.ts";

const OPTIONS = new Set(["freeze", "analyze", "verbose"]);

/**
 * Compiles VACUUM and ANALYZE. Rows are cleaned as they die and no plan asks for statistics, so
 * only the locks are left of them.
 */
export function compileVacuum(node: SyntaxNode): Utility {
  const cleans = node.flag("is_vacuumcmd");
  for (const option of node.children("options")) {
    const name = option.requiredText("defname");
    if (!OPTIONS.has(name)) {
      option.refuse(`VACUUM with ${name}`);
    }
    option.only("defaction", "DEFELEM_UNSPEC");
    option.end();
  }
  const names = node.children("rels").map((vacuumed) => {
    const relation = vacuumed.part("relation");
    const name = relation?.requiredText("relname") ?? "";
    relation?.only("schemaname", "public");
    relation?.only("inh", true);
    relation?.only("relpersistence", "p");
    relation?.end();
    vacuumed.end();
    return name;
  });
  node.end();
  const tag = cleans ? "VACUUM" : "ANALYZE";
  return {
    tag,
    columns: [],
    run(execution) {
      if (cleans && execution.session.inBlock) {
        throw new PostgresError("25001", "VACUUM cannot run inside a transaction block");
      }
      for (const name of names) {
        const relation = execution.catalog.findRelation(name);
        if (relation?.kind !== "table") {
          throw new PostgresError("42P01", `relation "${name}" does not exist`);
        }
        if (!execution.takeLock(relation.table.lock, SHARE_UPDATE_EXCLUSIVE)) {
          return WAIT;
        }
      }
      return { rows: [], count: 0 };
    },
  };
}
