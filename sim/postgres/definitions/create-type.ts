import type { StatementPlan } from "../clauses/statement-plan.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { WAIT } from "../ground/wait.ts";
import { hasEnded } from "../rows/await-transaction.ts";
import type { Catalog } from "../storage/catalog.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { enumTypeOf } from "../types/enum-type.ts";
import { planDefinition } from "./definition.ts";

/** Compiles CREATE TYPE ... AS ENUM. */
export function compileCreateEnum(catalog: Catalog, node: SyntaxNode): StatementPlan {
  const [name = "", second] = node.names("typeName").toReversed();
  const labels = node.names("vals");
  node.end();
  if ((second ?? "public") !== "public" || new Set(labels).size < labels.length) {
    return node.refuse("CREATE TYPE in another schema, or with a label twice");
  }
  return planDefinition("CREATE TYPE", catalog, function* define({ execution }) {
    if (catalog.findType(name) !== undefined || catalog.findRelation(name)?.kind === "table") {
      throw new PostgresError("42710", `type "${name}" already exists`);
    }
    for (
      let rival = catalog.rivalForType(name);
      rival !== null;
      rival = catalog.rivalForType(name)
    ) {
      if (!hasEnded(execution, rival)) {
        yield WAIT;
      }
      if (rival.status === "committed") {
        const constraint = "pg_type_typname_nsp_index";
        const message = `duplicate key value violates unique constraint "${constraint}"`;
        const detail = `Key (typname, typnamespace)=(${name}, 2200) already exists.`;
        const parts = { schema: "pg_catalog", table: "pg_type", constraint, detail };
        throw new PostgresError("23505", message, parts);
      }
    }
    catalog.addType(name, enumTypeOf(name, labels));
  });
}
