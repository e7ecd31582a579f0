import { QueryScope } from "../clauses/query-scope.ts";
import { compileChange, compileQuery, queryCompilers } from "../clauses/query.ts";
import { type Site, StatementContext } from "../clauses/statement-context.ts";
import type { PlanTemplate } from "../clauses/statement-plan.ts";
import { templateOf } from "../clauses/statement-template.ts";
import type { RowStream } from "../operators/operator.ts";
import type { Catalog } from "../storage/catalog.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { TEXT, UNKNOWN } from "../types/builtin-types.ts";

/** Compiles SELECT, VALUES, and set operations over them, with their WITH. */
export function compileSelectStatement(catalog: Catalog, node: SyntaxNode): PlanTemplate {
  const context = new StatementContext(catalog);
  const query = compileQuery(new QueryScope(context, null, queryCompilers), node);
  for (const [at, { type }] of query.columns.entries()) {
    if (type === UNKNOWN) {
      query.coerceColumn(at, TEXT);
    }
  }
  const { columns } = query;
  const planning = query.planning();
  const build = (site: Site): RowStream => query.build(site);
  return templateOf(context, { tag: "SELECT", columns, build, planning });
}

/** Compiles INSERT, UPDATE and DELETE, with their WITH. */
export function compileChangeStatement(catalog: Catalog, node: SyntaxNode): PlanTemplate {
  const context = new StatementContext(catalog);
  const change = compileChange(new QueryScope(context, null, queryCompilers), node);
  return templateOf(context, change);
}
