import { compileExpression } from "../expressions/compile-expression.ts";
import type { Expression } from "../expressions/expression.ts";
import { allSteps, type PlanStep } from "../expressions/fold.ts";
import { foldAll } from "../expressions/folding.ts";
import { functionKind, functionName } from "../expressions/function-call.ts";
import { binaryOperator } from "../expressions/operator.ts";
import { compileTableFunction, type SetCall } from "../expressions/set-call.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { ACCESS_SHARE, type LockMode } from "../locks/lock.ts";
import { CteRows, CteScan } from "../operators/cte-rows.ts";
import type { RowStream } from "../operators/operator.ts";
import { SetRows } from "../operators/set-rows.ts";
import type { Table } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { BIGINT, TEXT, UNKNOWN } from "../types/builtin-types.ts";
import { type Conjunct, foldConjuncts, readConjuncts } from "./conjunct.ts";
import type { Cte } from "./cte.ts";
import { type FromGroup, type FromItem, maskOfGroup } from "./from-item.ts";
import type { QueryPlan } from "./query-plan.ts";
import {
  columnsOf,
  columnsOfTable,
  type EntryField,
  type NamedColumn,
  type NamespaceItem,
  OUTER,
  type QueryScope,
  RECURSING,
} from "./query-scope.ts";
import type { Site, TableUse } from "./statement-context.ts";
import { compileTargets, settled } from "./target-list.ts";

/** A table that a query names, with its places in the query and among the statement's tables. */
export interface TableReference {
  readonly source: number;
  readonly use: TableUse;
  readonly item: FromItem;
}

/** An entry of FROM as FOR UPDATE sees it. */
export interface LockableEntry {
  readonly alias: string;
  /** Its places among the query's entries, as bits. */
  readonly mask: number;
  /** What it has rows of. */
  readonly tables: readonly TableReference[];
  readonly subSelects: readonly QueryPlan[];
  /** What it is when it has no rows that could be locked, in PostgreSQL's words. */
  readonly lockless: string | null;
}

/** What FROM holds. */
export interface FromClause {
  readonly group: FromGroup;
  readonly tables: readonly TableReference[];
  readonly lockable: readonly LockableEntry[];
  /** The sub-selects, each with its columns as the query knows them. */
  readonly subSelects: readonly SubSelect[];
  /** The calls of functions. */
  readonly calls: readonly SetCall[];
}

interface SubSelect {
  readonly plan: QueryPlan;
  readonly columns: readonly NamedColumn[];
}

interface ReadItem {
  readonly group: FromGroup;
  readonly names: readonly NamespaceItem[];
}

/** Whether an outer join may have to leave the item out; whether it is part of a sub-select. */
interface Place {
  readonly nullable: boolean;
  readonly inlined: boolean;
}

/**
 * Reads FROM into the scope: tables, sub-selects, joins of all kinds. A condition of a join sees
 * the two sides of it, a LATERAL sub-select what stands to its left.
 */
export function readFromClause(
  scope: QueryScope,
  nodes: readonly SyntaxNode[],
  place: Place = { nullable: false, inlined: false },
): FromClause {
  const reader = new FromReader(scope, place.inlined);
  const before = scope.namespace;
  const items: FromItem[] = [];
  const conjuncts: Conjunct[] = [];
  const names: NamespaceItem[] = [];
  for (const node of nodes) {
    const read = reader.read(node, [...before, ...names], place.nullable);
    items.push(...read.group.items);
    conjuncts.push(...read.group.conjuncts);
    names.push(...read.names);
  }
  scope.namespace = before;
  for (const name of names) {
    scope.addNames(name);
  }
  return {
    group: { items, conjuncts },
    tables: reader.tables,
    lockable: reader.lockable,
    subSelects: reader.subSelects,
    calls: reader.calls,
  };
}

/** Leaves out what nobody uses of sub-selects; to be called when all of the query is compiled. */
export function pruneColumns(scope: QueryScope, { subSelects }: FromClause): void {
  for (const { plan, columns } of subSelects) {
    plan.keepColumns(columns.map(({ expression }) => scope.used.has(expression)));
  }
}

/** What is planned of FROM and its WHERE, around what is planned of the rest of the query. */
export function planningOf(
  { group, subSelects, calls }: FromClause,
  where: readonly Conjunct[],
  targets: PlanStep | null,
  rest: PlanStep | null,
): PlanStep | null {
  return allSteps([
    foldAll(calls.flatMap(({ operands }) => operands)),
    targets,
    foldGroup(group, where),
    rest,
    ...subSelects.map(({ plan }) => plan.planning()),
  ]);
}

function foldGroup({ items, conjuncts }: FromGroup, above: readonly Conjunct[]): PlanStep | null {
  const joins = items.map((item) =>
    item.kind === "join"
      ? allSteps([foldGroup(item.left, []), foldGroup(item.right, []), foldConjuncts(item.on)])
      : null,
  );
  return allSteps([...joins, foldConjuncts([...conjuncts, ...above])]);
}

/** Reads `table [AS alias (columns)]` into the scope's entries. */
export function readTable(
  scope: QueryScope,
  node: SyntaxNode,
  mode: LockMode,
  inlined = false,
): TableReference & {
  readonly names: NamespaceItem & { readonly alias: string };
} {
  const { position } = node;
  const name = node.requiredText("relname");
  node.only("schemaname", "public");
  node.only("inh", true);
  node.only("relpersistence", "p");
  const alias = readAlias(node.part("alias"));
  node.end();
  const table = demandTable(scope, name, mode, position);
  const named = alias?.name ?? name;
  const columns = renamed(columnsOfTable(table), alias, named);
  const source = scope.addEntry({ alias: named, columns, relation: name, inlined }, node);
  const use = scope.context.useTable(table, mode);
  const names = {
    alias: named,
    columns: columnsOf(source, columns),
    byAlias: true,
    byColumn: true,
  };
  return { source, use, item: { kind: "table", source, use }, names };
}

function demandTable(
  scope: QueryScope,
  name: string,
  mode: LockMode,
  position: number | undefined,
): Table {
  const { catalog, tables } = scope.context;
  try {
    return catalog.demandTable(name, mode, tables);
  } catch (error) {
    throw error instanceof PostgresError ? error.at(position) : error;
  }
}

class FromReader {
  readonly tables: TableReference[] = [];
  readonly lockable: LockableEntry[] = [];
  readonly subSelects: SubSelect[] = [];
  readonly calls: SetCall[] = [];
  readonly #scope: QueryScope;
  readonly #inlined: boolean;

  constructor(scope: QueryScope, inlined: boolean) {
    this.#scope = scope;
    this.#inlined = inlined;
  }

  read(node: SyntaxNode, visible: readonly NamespaceItem[], nullable: boolean): ReadItem {
    switch (node.kind) {
      case "RangeVar":
        return this.#table(node);
      case "RangeSubselect":
        return this.#subSelect(node, visible, nullable);
      case "RangeFunction":
        return this.#functions(node, visible);
      case "JoinExpr":
        return this.#join(node, visible, nullable);
      default:
        return node.refuse(`${node.kind} in FROM`);
    }
  }

  #table(node: SyntaxNode): ReadItem {
    const read = node.reopen();
    const isQualified = read.text("schemaname") !== undefined;
    const cte = isQualified ? undefined : this.#scope.ctes?.find(read.requiredText("relname"));
    if (cte !== undefined) {
      return this.#cte(node, cte);
    }
    const reference = readTable(this.#scope, node, ACCESS_SHARE, this.#inlined);
    this.tables.push(reference);
    this.lockable.push({
      alias: reference.names.alias,
      mask: 1 << reference.source,
      tables: [reference],
      subSelects: [],
      lockless: null,
    });
    return { group: { items: [reference.item], conjuncts: [] }, names: [reference.names] };
  }

  #cte(node: SyntaxNode, cte: Cte): ReadItem {
    const scope = this.#scope;
    node.requiredText("relname");
    node.only("inh", true);
    node.only("relpersistence", "p");
    const alias = readAlias(node.part("alias"));
    node.end();
    if (cte.columns === null) {
      const message = `WITH query "${cte.name}" does not have a RETURNING clause`;
      throw new PostgresError("0A000", message).at(node.position);
    }
    if (cte.recursing) {
      scope.noteRecursion(cte);
    }
    const named = alias?.name ?? cte.name;
    const columns = renamed(cte.columns, alias, named);
    const inlined = this.#inlined;
    const source = scope.addEntry({ alias: named, columns, relation: cte.name, inlined }, node);
    this.#addLockless(named, source, "a WITH query");
    const item: FromItem = {
      kind: "stream",
      source,
      needs: cte.recursing ? RECURSING : cte.around === 0 ? 0 : OUTER,
      build: (site) => readerOf(site, cte),
    };
    const names = { alias: named, columns: columnsOf(source, columns) };
    cte.readers.push({ used: scope.used, columns: names.columns });
    return {
      group: { items: [item], conjuncts: [] },
      names: [{ ...names, byAlias: true, byColumn: true }],
    };
  }

  /** Functions in FROM, whose arguments may use what stands to their left, side by side. */
  #functions(node: SyntaxNode, visible: readonly NamespaceItem[]): ReadItem {
    const scope = this.#scope;
    node.flag("lateral");
    node.flag("is_rowsfrom");
    const numbered = node.flag("ordinality");
    const functions = node.children("functions");
    const alias = readAlias(node.part("alias"));
    node.end();
    const outside = scope.namespace;
    scope.namespace = [...visible];
    const calls = scope.within("functions in FROM", null, () =>
      functions.flatMap((list) => {
        const [call, definition] = list.sparseChildren("items");
        definition?.refuse("column definitions of a function");
        return call === undefined
          ? list.refuse("a function in FROM")
          : compileTableFunction(scope, call);
      }),
    );
    scope.namespace = outside;
    this.calls.push(...calls);
    const [first, second] = calls;
    const named = alias?.name ?? first?.name ?? "";
    const own = calls.map(({ name, type }) => ({
      name: second === undefined && alias !== undefined ? alias.name : name,
      type,
      typmod: -1,
    }));
    const all = numbered ? [...own, { name: "ordinality", type: BIGINT, typmod: -1 }] : own;
    const columns = renamed(all, alias, named);
    const inlined = this.#inlined;
    const source = scope.addEntry({ alias: named, columns, relation: null, inlined }, node);
    this.#addLockless(named, source, "a function");
    const item: FromItem = {
      kind: "stream",
      source,
      needs: calls.reduce((mask, { sources }) => mask | sources, 0),
      build: (_, frame) => new SetRows(frame, calls, numbered),
    };
    const names = { alias: named, columns: columnsOf(source, columns) };
    return {
      group: { items: [item], conjuncts: [] },
      names: [{ ...names, byAlias: true, byColumn: true }],
    };
  }

  #addLockless(alias: string, source: number, lockless: string): void {
    this.lockable.push({ alias, mask: 1 << source, tables: [], subSelects: [], lockless });
  }

  #subSelect(node: SyntaxNode, visible: readonly NamespaceItem[], nullable: boolean): ReadItem {
    const scope = this.#scope;
    const lateral = node.flag("lateral");
    const alias = readAlias(node.part("alias"));
    const query = node.requiredChild("subquery");
    node.end();
    if (alias === undefined) {
      const isValues = query.reopen().children("valuesLists").length > 0;
      const [what, example] = isValues ? ["VALUES", "VALUES ..."] : ["subquery", "SELECT ..."];
      throw new PostgresError("42601", `${what} in FROM must have an alias`, {
        hint: `For example, FROM (${example}) [AS] foo.`,
      });
    }
    const outside = scope.namespace;
    scope.namespace = lateral ? [...visible] : [];
    if (isSimple(query, nullable)) {
      const read = this.#inline(query, alias, nullable);
      scope.namespace = outside;
      return read;
    }
    const plan = scope.compilers.query(scope, query);
    scope.namespace = outside;
    for (const [at, { type }] of plan.columns.entries()) {
      if (type === UNKNOWN) {
        plan.coerceColumn(at, TEXT);
      }
    }
    const columns = renamed(plan.columns, alias, alias.name);
    const inlined = this.#inlined;
    const source = scope.addEntry({ alias: alias.name, columns, relation: null, inlined }, node);
    if (query.reopen().children("valuesLists").length > 0) {
      this.#addLockless(alias.name, source, "VALUES");
    } else {
      const entry = { mask: 1 << source, tables: [], subSelects: [plan], lockless: null };
      this.lockable.push({ alias: alias.name, ...entry });
    }
    const item: FromItem = {
      kind: "stream",
      source,
      needs: plan.uses,
      build: (site, frame) => plan.build({ ...site, outer: frame, shuffles: false }),
    };
    const names = { alias: alias.name, columns: columnsOf(source, columns) };
    this.subSelects.push({ plan, columns: names.columns });
    return {
      group: { items: [item], conjuncts: [] },
      names: [{ ...names, byAlias: true, byColumn: true }],
    };
  }

  /**
   * pull_up_simple_subquery: what has no clauses of its own but FROM and WHERE becomes part of the
   * query around it, so that it is joined, looked for and locked together with the rest.
   */
  #inline(node: SyntaxNode, alias: Alias, nullable: boolean): ReadItem {
    const scope = this.#scope;
    node.only("op", "SETOP_NONE");
    node.only("limitOption", "LIMIT_OPTION_DEFAULT");
    const from = readFromClause(scope, node.children("fromClause"), { nullable, inlined: true });
    const targets = compileTargets(scope, node.children("targetList"), (one) =>
      compileExpression(scope, one),
    );
    const whereNode = node.child("whereClause");
    const where = scope.within("WHERE", null, () => readConjuncts(scope, whereNode, "WHERE"));
    node.end();
    demandFewer(alias, targets.length);
    const columns = targets.map((target, at) => ({
      name: alias.columns[at] ?? target.name,
      expression: settled(scope, target).expression,
    }));
    const { tables, lockable, subSelects } = from;
    this.tables.push(...tables);
    this.subSelects.push(...subSelects);
    this.calls.push(...from.calls);
    this.lockable.push({
      alias: alias.name,
      mask: maskOfGroup(from.group),
      tables: lockable.flatMap((one) => one.tables),
      subSelects: lockable.flatMap((one) => one.subSelects),
      lockless: null,
    });
    const { items, conjuncts } = from.group;
    return {
      group: { items, conjuncts: [...conjuncts, ...where] },
      names: [{ alias: alias.name, columns, byAlias: true, byColumn: true }],
    };
  }

  #join(node: SyntaxNode, visible: readonly NamespaceItem[], nullable: boolean): ReadItem {
    const scope = this.#scope;
    const type = node.requiredText("jointype");
    const natural = node.flag("isNatural");
    const alias = readAlias(node.part("alias"));
    const leftNullable = nullable || type === "JOIN_RIGHT" || type === "JOIN_FULL";
    const rightNullable = nullable || type === "JOIN_LEFT" || type === "JOIN_FULL";
    const left = this.read(node.requiredChild("larg"), visible, leftNullable);
    const seen = [...visible, ...left.names];
    const right = this.read(node.requiredChild("rarg"), seen, rightNullable);
    const condition = node.child("quals");
    const written = node.names("usingClause");
    node.end();
    if (type !== "JOIN_INNER" && type !== "JOIN_LEFT") {
      demandNoLateral(right.group, left.group, left.names);
    }
    const outside = scope.namespace;
    scope.namespace = [];
    for (const name of [...left.names, ...right.names]) {
      scope.addNames(name);
    }
    const on = scope.within("JOIN conditions", null, () =>
      readConjuncts(scope, condition, "JOIN/ON"),
    );
    const shared = natural ? namesInBoth(left.names, right.names) : written;
    const merged = shared.map((name) => this.#merge(node, name, [left, right], type));
    const list = {};
    for (const { condition: equation } of merged) {
      on.push({ expression: equation, list, canonical: "", isVolatile: false, isOfGroups: false });
    }
    scope.namespace = outside;
    const columns = merged.map(({ column }) => column);
    return {
      group: joinGroups(node, type, left.group, right.group, on),
      names: namesOfJoin([...left.names, ...right.names], columns, alias),
    };
  }

  #merge(
    node: SyntaxNode,
    name: string,
    [left, right]: readonly [ReadItem, ReadItem],
    type: string,
  ): { readonly column: NamedColumn; readonly condition: Expression } {
    const a = demandUsed(left.names, name, "left");
    const b = demandUsed(right.names, name, "right");
    this.#scope.used.add(a).add(b);
    if (a.type !== b.type) {
      node.refuse(`JOIN USING over columns of types ${a.type.name} and ${b.type.name}`);
    }
    const condition = binaryOperator({ scope: this.#scope, node, name: "=", left: a, right: b });
    if (type === "JOIN_FULL") {
      const evaluate: Expression["evaluate"] = (frame) => a.evaluate(frame) ?? b.evaluate(frame);
      const expression = { type: a.type, evaluate, sources: a.sources | b.sources };
      return { column: { name, expression }, condition };
    }
    return { column: { name, expression: type === "JOIN_RIGHT" ? b : a }, condition };
  }
}

const OWN_CLAUSES = [
  "valuesLists",
  "groupClause",
  "sortClause",
  "lockingClause",
  "windowClause",
] as const;

/**
 * is_simple_subquery. On a side that an outer join may leave out, whatever is computed would have
 * to be null then: only columns are simple there.
 */
export function isSimple(node: SyntaxNode, nullable: boolean): boolean {
  const read = node.reopen();
  if (node.kind !== "SelectStmt" || read.text("op") !== "SETOP_NONE") {
    return false;
  }
  const hasClauses =
    OWN_CLAUSES.some((clause) => read.children(clause).length > 0) ||
    read.sparseChildren("distinctClause").length > 0 ||
    read.part("withClause") !== undefined ||
    ["havingClause", "limitCount", "limitOffset"].some((clause) => read.child(clause));
  const targets = read.children("targetList").map((target) => target.requiredChild("val"));
  return (
    !hasClauses &&
    read.children("fromClause").length > 0 &&
    targets.every((one) => (nullable ? one.kind === "ColumnRef" : !hasCall(one)))
  );
}

/** True for a call of an aggregate, a window function, or a function that gives a set. */
function hasCall(node: SyntaxNode): boolean {
  if (node.kind === "FuncCall" && functionKind(functionName(node.reopen())) !== "function") {
    return true;
  }
  return node.kind !== "SubLink" && node.parts().some(hasCall);
}

function readerOf(site: Site, cte: Cte): RowStream {
  const rows = site.ctes.get(cte);
  if (rows === undefined) {
    throw new Error(`the WITH query ${cte.name} is missing where it is read`);
  }
  return rows instanceof CteRows ? new CteScan(rows) : rows();
}

function joinGroups(
  node: SyntaxNode,
  type: string,
  left: FromGroup,
  right: FromGroup,
  on: readonly Conjunct[],
): FromGroup {
  switch (type) {
    case "JOIN_INNER":
      return {
        items: [...left.items, ...right.items],
        conjuncts: [...left.conjuncts, ...right.conjuncts, ...on],
      };
    case "JOIN_LEFT":
      return { items: [{ kind: "join", type: "left", left, right, on }], conjuncts: [] };
    case "JOIN_RIGHT":
      return {
        items: [{ kind: "join", type: "left", left: right, right: left, on }],
        conjuncts: [],
      };
    case "JOIN_FULL":
      return { items: [{ kind: "join", type: "full", left, right, on }], conjuncts: [] };
    default:
      return node.refuse(type);
  }
}

/** A join that has an alias hides its sides; what USING has merged is found under one name. */
function namesOfJoin(
  sides: readonly NamespaceItem[],
  merged: readonly NamedColumn[],
  alias: Alias | undefined,
): NamespaceItem[] {
  if (merged.length === 0 && alias === undefined) {
    return [...sides];
  }
  const taken = new Set(merged.map(({ name }) => name));
  const rest = sides
    .filter(({ byColumn }) => byColumn)
    .flatMap(({ columns }) => columns.filter(({ name }) => !taken.has(name)));
  const columns = [...merged, ...rest];
  if (alias === undefined) {
    const hidden = sides.map((side) => ({ ...side, byColumn: false }));
    return [...hidden, { alias: null, columns, byAlias: false, byColumn: true }];
  }
  const names = alias.columns;
  const given = columns.map((column, at) => ({ ...column, name: names[at] ?? column.name }));
  demandFewer(alias, columns.length);
  return [{ alias: alias.name, columns: given, byAlias: true, byColumn: true }];
}

function namesInBoth(left: readonly NamespaceItem[], right: readonly NamespaceItem[]): string[] {
  const namesOf = (items: readonly NamespaceItem[]): string[] =>
    items.filter(({ byColumn }) => byColumn).flatMap(({ columns }) => columns.map((c) => c.name));
  const others = new Set(namesOf(right));
  return namesOf(left).filter((name) => others.has(name));
}

function demandUsed(
  items: readonly NamespaceItem[],
  name: string,
  side: "left" | "right",
): Expression {
  const found = items
    .filter(({ byColumn }) => byColumn)
    .flatMap(({ columns }) => columns.filter((column) => column.name === name));
  const [column, second] = found;
  if (column === undefined) {
    const message = `column "${name}" specified in USING clause does not exist in ${side} table`;
    throw new PostgresError("42703", message);
  }
  if (second !== undefined) {
    const message = `common column name "${name}" appears more than once in ${side} table`;
    throw new PostgresError("42702", message);
  }
  return column.expression;
}

function demandNoLateral(right: FromGroup, left: FromGroup, names: readonly NamespaceItem[]): void {
  const mask = maskOfGroup(left);
  for (const item of right.items) {
    if (item.kind === "stream" && (item.needs & ~OUTER & mask) !== 0) {
      const detail = "The combining JOIN type must be INNER or LEFT for a LATERAL reference.";
      const message = `invalid reference to FROM-clause entry for table "${names[0]?.alias ?? "?"}"`;
      throw new PostgresError("42P10", message, { detail });
    }
  }
}

interface Alias {
  readonly name: string;
  readonly columns: readonly string[];
}

function readAlias(node: SyntaxNode | undefined): Alias | undefined {
  if (node === undefined) {
    return undefined;
  }
  const name = node.requiredText("aliasname");
  const columns = node.names("colnames");
  node.end();
  return { name, columns };
}

function renamed(
  columns: readonly EntryField[],
  alias: Alias | undefined,
  named: string,
): readonly EntryField[] {
  if (alias === undefined || alias.columns.length === 0) {
    return columns;
  }
  const live = columns.filter((column) => column.dropped !== true);
  demandFewer({ ...alias, name: named }, live.length);
  return columns.map((column) => ({
    ...column,
    name: alias.columns[live.indexOf(column)] ?? column.name,
  }));
}

function demandFewer(alias: Alias, available: number): void {
  if (alias.columns.length > available) {
    const message = `table "${alias.name}" has ${available} columns available but ${alias.columns.length} columns specified`;
    throw new PostgresError("42P10", message);
  }
}
