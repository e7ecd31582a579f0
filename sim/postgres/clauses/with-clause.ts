import { allSteps, type PlanStep } from "../expressions/fold.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { CteRows, WithRows } from "../operators/cte-rows.ts";
import type { RowStream } from "../operators/operator.ts";
import { RecursiveUnion, WorkTable, WorkTableScan } from "../operators/recursive-union.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { TEXT, UNKNOWN } from "../types/builtin-types.ts";
import type { Field } from "../types/field.ts";
import { type Cte, CteNamespace } from "./cte.ts";
import { type QueryScope, RECURSING } from "./query-scope.ts";
import type { Site } from "./statement-context.ts";

interface PlannedCte {
  readonly cte: Cte;
  readonly modifies: boolean;
  /** Whether it depends on nothing around it, so that one run needs it once. */
  readonly once: boolean;
  readonly build: (site: Site) => RowStream;
  /** Leaves out what its readers do not use, when all of them are compiled. */
  readonly prune?: () => void;
  /** What is planned of it before the query that it belongs to, or behind it; null for nothing. */
  readonly planning: () => { readonly first: PlanStep | null; readonly later: PlanStep | null };
}

/** WITH, compiled. */
export interface WithClause {
  /** What its queries use of the query around, as bits of that query's sources. */
  readonly uses: number;
  /** The query with what it names; `build` makes the query itself. */
  /** What is planned of it all, with what is planned of the query itself. */
  readonly planning: (query: PlanStep | null) => PlanStep | null;
  readonly wrap: (site: Site, build: (site: Site) => RowStream) => RowStream;
}

/**
 * Compiles WITH, and what it belongs to with its names in the scope. Without the clause it compiles
 * the query alone.
 */
export function compileWith<Result>(
  scope: QueryScope,
  node: SyntaxNode | undefined,
  compile: () => Result,
): { readonly result: Result; readonly withClause: WithClause | null } {
  if (node === undefined) {
    return { result: compile(), withClause: null };
  }
  const outer = scope.ctes;
  const names = new CteNamespace(outer);
  scope.ctes = names;
  const planned = readCtes(scope, names, node);
  const result = compile();
  // From the last on, for each may read those before it.
  for (const plan of planned.plans.toReversed()) {
    plan.prune?.();
  }
  scope.ctes = outer;
  return { result, withClause: withClauseOf(planned.plans, planned.uses) };
}

function readCtes(
  scope: QueryScope,
  names: CteNamespace,
  node: SyntaxNode,
): { readonly plans: readonly PlannedCte[]; readonly uses: number } {
  const recursive = node.flag("recursive");
  const plans: PlannedCte[] = [];
  let uses = 0;
  for (const query of node.children("ctes")) {
    const { position } = query;
    const name = query.requiredText("ctename");
    const columns = query.names("aliascolnames");
    const materialized = query.text("ctematerialized");
    const body = query.requiredChild("ctequery");
    query.end();
    if (names.has(name)) {
      const message = `WITH query name "${name}" specified more than once`;
      throw new PostgresError("42712", message).at(query.position);
    }
    const reads = recursive && readsFrom(body, name);
    const named = { name, columns, materialized, position };
    const one = reads
      ? compileRecursive(scope, names, body, named)
      : compilePlain(scope, body, named);
    uses |= one.uses;
    names.add(one.plan.cte);
    plans.push(one.plan);
  }
  node.end();
  return { plans, uses };
}

interface CteName {
  readonly name: string;
  readonly columns: readonly string[];
  /** As the parser gives it: `CTEMaterializeDefault`, `CTEMaterializeAlways` or `...Never`. */
  readonly materialized: string | undefined;
  readonly position: number | undefined;
}

function compilePlain(
  scope: QueryScope,
  body: SyntaxNode,
  named: CteName,
): { readonly plan: PlannedCte; readonly uses: number } {
  const { name, materialized } = named;
  if (body.kind !== "SelectStmt") {
    return compileModifying(scope, body, named);
  }
  const query = scope.compilers.query(scope, body);
  for (const [at, { type }] of query.columns.entries()) {
    if (type === UNKNOWN) {
      query.coerceColumn(at, TEXT);
    }
  }
  const cte: Cte = {
    name,
    columns: renamedColumns(named, query.columns),
    recursing: false,
    around: query.uses,
    level: scope.level,
    readers: [],
  };
  const build = (site: Site): RowStream => query.build({ ...site, shuffles: false });
  const { uses } = query;
  // Where PostgreSQL makes it a part of the one query that reads it, it computes what that uses.
  const isInlined = (): boolean =>
    materialized === "CTEMaterializeNever" ||
    (materialized !== "CTEMaterializeAlways" && cte.readers.length === 1);
  const planning: PlannedCte["planning"] = () => {
    const step = cte.readers.length === 0 ? null : query.planning();
    return isInlined() ? { first: null, later: step } : { first: step, later: null };
  };
  const prune = (): void => {
    if (isInlined()) {
      const isUsed = (at: number): boolean =>
        cte.readers.some(({ used, columns: read }) => {
          const column = read[at];
          return column !== undefined && used.has(column.expression);
        });
      query.keepColumns(query.columns.map((_, at) => isUsed(at)));
    }
  };
  return { plan: { cte, modifies: false, once: uses === 0, build, prune, planning }, uses };
}

function compileModifying(
  scope: QueryScope,
  body: SyntaxNode,
  named: CteName,
): { readonly plan: PlannedCte; readonly uses: number } {
  const { name } = named;
  if (!scope.isStatement) {
    const message = "WITH clause containing a data-modifying statement must be at the top level";
    throw new PostgresError("0A000", message);
  }
  const change = scope.compilers.change(scope, body);
  const returned = change.columns.length === 0 ? null : change.columns;
  const cte: Cte = {
    name,
    columns: returned === null ? null : renamedColumns(named, returned),
    recursing: false,
    around: 0,
    level: scope.level,
    readers: [],
  };
  const planning: PlannedCte["planning"] = () => ({ first: change.planning, later: null });
  return { plan: { cte, modifies: true, once: true, build: change.build, planning }, uses: 0 };
}

/** `first UNION [ALL] recursive`, of which the second reads what the rounds before gave. */
function compileRecursive(
  scope: QueryScope,
  names: CteNamespace,
  body: SyntaxNode,
  named: CteName,
): { readonly plan: PlannedCte; readonly uses: number } {
  const { name } = named;
  const form = `recursive query "${name}" does not have the form non-recursive-term UNION [ALL] recursive-term`;
  if (body.kind !== "SelectStmt" || body.text("op") !== "SETOP_UNION") {
    throw new PostgresError("42P19", form);
  }
  const all = body.flag("all");
  const leftNode = body.part("larg") ?? body.refuse("UNION without a left side");
  const rightNode = body.part("rarg") ?? body.refuse("UNION without a right side");
  for (const clause of ["sortClause", "lockingClause"]) {
    if (body.children(clause).length > 0) {
      body.refuse(`${clause} in a recursive query`);
    }
  }
  body.only("limitOption", "LIMIT_OPTION_DEFAULT");
  body.end();
  if (readsFrom(leftNode, name)) {
    throw new PostgresError("42P19", form);
  }
  const first = scope.compilers.query(scope, leftNode);
  for (const [at, { type }] of first.columns.entries()) {
    if (type === UNKNOWN) {
      first.coerceColumn(at, TEXT);
    }
  }
  const cte: Cte = {
    name,
    columns: renamedColumns(named, first.columns),
    recursing: true,
    around: 0,
    level: scope.level,
    readers: [],
  };
  names.add(cte);
  const recursive = scope.compilers.query(scope, rightNode);
  cte.recursing = false;
  if (recursive.columns.length !== first.columns.length) {
    throw new PostgresError("42601", "each UNION query must have the same number of columns");
  }
  for (const [at, { type }] of first.columns.entries()) {
    const other = recursive.columns[at]?.type ?? UNKNOWN;
    if (other !== type && other !== UNKNOWN) {
      const message = `recursive query "${name}" column ${at + 1} has type ${type.name} in non-recursive term but type ${other.name} overall`;
      throw new PostgresError("42804", message, {
        hint: "Cast the output of the non-recursive term to the correct type.",
      });
    }
    recursive.coerceColumn(at, type);
  }
  const distinctBy = all ? null : first.columns.map(({ type }) => type);
  const build = (site: Site): RowStream => {
    const workTable = new WorkTable();
    const inside = withReader(site, cte, () => new WorkTableScan(workTable));
    return new RecursiveUnion({
      first: first.build({ ...site, shuffles: false }),
      recursive: recursive.build({ ...inside, shuffles: false }),
      workTable,
      distinctBy,
    });
  };
  const uses = first.uses | (recursive.uses & ~RECURSING);
  cte.around = uses;
  const planning: PlannedCte["planning"] = () => ({
    first: allSteps([first.planning(), recursive.planning()]),
    later: null,
  });
  return { plan: { cte, modifies: false, once: uses === 0, build, planning }, uses };
}

function withClauseOf(plans: readonly PlannedCte[], uses: number): WithClause {
  return {
    uses,
    planning: (query) => {
      const steps = plans.map(({ planning }) => planning());
      const [first, later] = [steps.map((one) => one.first), steps.map((one) => one.later)];
      return allSteps([...first, query, ...later]);
    },
    wrap: (site, build) => {
      let inside = site;
      const ctes: CteRows[] = [];
      const modifying: CteRows[] = [];
      for (const { cte, modifies, once, build: buildCte } of plans) {
        const rows = new CteRows(site.run, buildCte(inside), once);
        inside = withReader(inside, cte, rows);
        ctes.push(rows);
        if (modifies) {
          modifying.push(rows);
        }
      }
      return new WithRows(ctes, modifying, build(inside));
    },
  };
}

function withReader(site: Site, cte: Cte, rows: CteRows | (() => RowStream)): Site {
  const ctes = new Map(site.ctes);
  ctes.set(cte, rows);
  return { ...site, ctes };
}

function renamedColumns(
  { name, columns: names, position }: CteName,
  columns: readonly Field[],
): readonly Field[] {
  if (names.length > columns.length) {
    const message = `WITH query "${name}" has ${columns.length} columns available but ${names.length} columns specified`;
    throw new PostgresError("42P10", message).at(position);
  }
  return columns.map((column, at) => ({ ...column, name: names[at] ?? column.name }));
}

/** True when a FROM anywhere inside names it. */
function readsFrom(node: SyntaxNode, name: string): boolean {
  if (node.kind === "RangeVar") {
    return node.reopen().text("relname") === name;
  }
  return node.parts().some((part) => readsFrom(part, name));
}
