import { QueryScope } from "../clauses/query-scope.ts";
import { compileQuery, queryCompilers } from "../clauses/query.ts";
import { StatementContext } from "../clauses/statement-context.ts";
import type { PlanTemplate } from "../clauses/statement-plan.ts";
import { templateOf } from "../clauses/statement-template.ts";
import type { Catalog } from "../storage/catalog.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { TEXT, UNKNOWN } from "../types/builtin-types.ts";

/** Compiles SELECT, VALUES, and set operations over them. */
export function compileSelect(catalog: Catalog, node: SyntaxNode): PlanTemplate {
  const context = new StatementContext(catalog);
  const scope = new QueryScope(context, null, queryCompilers);
  const query = compileQuery(scope, node);
  for (const [at, { type }] of query.columns.entries()) {
    if (type === UNKNOWN) {
      query.coerceColumn(at, TEXT, node);
    }
  }
  const { columns } = query;
  return templateOf(context, { tag: "SELECT", columns, build: (site) => query.build(site) });
}
