import { foldAll } from "../expressions/folding.ts";
import { ROW_EXCLUSIVE } from "../locks/lock.ts";
import { Arrangement } from "../operators/arrangement.ts";
import { ModifyRows } from "../operators/modify-rows.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { bindAssignments } from "./assignment.ts";
import { readConjuncts } from "./conjunct.ts";
import { planningOf, pruneColumns, readFromClause, readTable } from "./from-clause.ts";
import { maskOfGroup, sourcesOf } from "./from-item.ts";
import { planFrom } from "./join-plan.ts";
import type { ChangePlan } from "./query-plan.ts";
import { buildFrame, QueryScope } from "./query-scope.ts";
import { compileReturning, returnedFields } from "./returning.ts";
import { compileSetClause } from "./set-clause.ts";
import { tableAt, tableOf } from "./statement-context.ts";

/** Compiles UPDATE ... SET ... [FROM ...] [WHERE ...] [RETURNING ...]. */
export function compileUpdate(outer: QueryScope, node: SyntaxNode): ChangePlan {
  return compileModify(outer, node, "UPDATE");
}

/** Compiles DELETE FROM ... [USING ...] [WHERE ...] [RETURNING ...]. */
export function compileDelete(outer: QueryScope, node: SyntaxNode): ChangePlan {
  return compileModify(outer, node, "DELETE");
}

/**
 * Postgres compiles WHERE and RETURNING before SET, which decides how a parameter used twice is
 * typed.
 */
function compileModify(outer: QueryScope, node: SyntaxNode, verb: "UPDATE" | "DELETE"): ChangePlan {
  const scope = new QueryScope(outer.context, outer, outer.compilers);
  const relation = node.part("relation") ?? node.refuse(`${verb} without a table`);
  const target = readTable(scope, relation, ROW_EXCLUSIVE);
  const table = tableOf(target.use);
  scope.addNames(target.names);
  const from = readFromClause(
    scope,
    node.children(verb === "UPDATE" ? "fromClause" : "usingClause"),
  );
  const whereNode = node.child("whereClause");
  const where = scope.within("WHERE", null, () => readConjuncts(scope, whereNode, "WHERE"));
  const returning = compileReturning(scope, node.part("returningClause"));
  const setNodes = verb === "UPDATE" ? node.children("targetList") : [];
  const assignments = verb === "UPDATE" ? compileSetClause(scope, table, setNodes) : null;
  node.end();
  pruneColumns(scope, from);
  const items = [target.item, ...from.group.items];
  const group = { items, conjuncts: from.group.conjuncts };
  const planned = planFrom(group, where, null);
  const sources = sourcesOf(maskOfGroup(group));
  const { subQueries } = scope;
  const entries = scope.entries.length;
  const { at } = target.use;
  return {
    tag: verb,
    columns: returnedFields(returning),
    planning: planningOf(
      from,
      where,
      foldAll([...(assignments ?? []), ...returning.map(({ expression }) => expression)]),
      null,
    ),
    build: (site) => {
      const frame = buildFrame(site, entries, subQueries);
      // All rows are found before the first is changed, in an order of the host's choice.
      const found = planned.build(site, frame);
      const child = new Arrangement(frame, found, [], { sources, grouped: false });
      return new ModifyRows({
        frame,
        child,
        target: target.source,
        assignments: assignments === null ? null : bindAssignments(assignments, tableAt(site, at)),
        returning: returning.map(({ expression }) => expression.evaluate),
      });
    },
  };
}
