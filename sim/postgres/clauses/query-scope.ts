import type { ColumnPlace, Evaluate, Expression } from "../expressions/expression.ts";
import { Frame, type Membership, type SubQuery } from "../expressions/frame.ts";
import type { ParameterTypes, Scope } from "../expressions/scope.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { Table } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { Field } from "../types/field.ts";
import type { FindType } from "../types/type-name.ts";
import type { Cte, CteNamespace } from "./cte.ts";
import type { ChangePlan, QueryPlan } from "./query-plan.ts";
import type { Site, StatementContext } from "./statement-context.ts";

/** An entry of FROM that gives rows; a join is none, it only names what its sides give. */
export interface FromEntry {
  /** The name that the query knows it by. */
  readonly alias: string;
  readonly columns: readonly Field[];
  /** The table's own name; null for what is no table. */
  readonly relation: string | null;
  /** True inside a sub-select that has become part of the query: its name is not the query's. */
  readonly inlined: boolean;
}

/** A column as a name of the query finds it. */
export interface NamedColumn {
  readonly name: string;
  readonly expression: Expression;
}

/** What a name in front of a column may stand for, or a column without one be found in. */
export interface NamespaceItem {
  readonly alias: string | null;
  readonly columns: readonly NamedColumn[];
  /** Whether `alias.column` finds it, and whether a bare `column` does. */
  readonly byAlias: boolean;
  readonly byColumn: boolean;
}

/**
 * The bit of `Expression.sources` that says: it depends on the row of a query around this one.
 * Below it stands one bit for each entry of FROM.
 */
export const OUTER = 1 << 29;
/** The bit that says: it depends on the last round of a recursive query. */
export const RECURSING = 1 << 30;
/** What lies around the query is known before any row of it. */
export const AROUND = OUTER | RECURSING;
const SOURCES_MAX = 29;

const SYSTEM_COLUMNS = new Set(["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"]);

/** How queries inside a query are compiled, in scopes of their own inside the given one. */
export interface QueryCompilers {
  readonly query: (scope: QueryScope, node: SyntaxNode) => QueryPlan;
  /** INSERT, UPDATE or DELETE. */
  readonly change: (scope: QueryScope, node: SyntaxNode) => ChangePlan;
  readonly subLink: (scope: QueryScope, node: SyntaxNode) => Expression;
  /** What is wrong with a call of an aggregate, a window or a set in a clause without them. */
  readonly refuseCall: (clause: string, node: SyntaxNode) => PostgresError;
}

/** A column that a query inside an expression uses, and where. */
export interface InnerUse {
  readonly place: ColumnPlace;
  readonly position: number | undefined;
}

/** The queries inside the expressions of one level, by their place in its frame. */
export interface InnerQueries {
  readonly queries: ((site: Site) => SubQuery)[];
  readonly memberships: ((site: Site) => Membership)[];
}

/** The names of one query level, and of the levels around it. */
export class QueryScope implements Scope {
  readonly context: StatementContext;
  readonly parent: QueryScope | null;
  readonly entries: FromEntry[] = [];
  namespace: NamespaceItem[] = [];
  /** The WITH queries that may be named. */
  ctes: CteNamespace | null;
  /** True for what is a statement of its own, in whose WITH data may be changed. */
  readonly isStatement: boolean;
  readonly level: number;
  /** The columns that something in the query, or in a query inside it, has asked for. */
  readonly used = new Set<Expression>();
  /** What the query uses of its surroundings, as bits of the parent's sources. */
  outerUses = 0;
  /** Its columns that the queries inside its expressions use, by the text of each such query. */
  readonly innerUses = new Map<string, readonly InnerUse[]>();
  #innerUses: InnerUse[] = [];
  #clause = "this clause";
  #compileCall: ((node: SyntaxNode) => Expression) | null = null;
  readonly compilers: QueryCompilers;
  /** The queries inside its expressions. */
  readonly subQueries: InnerQueries = { queries: [], memberships: [] };
  #innerValues = 0;
  readonly findType: FindType = (name) => this.context.catalog.findType(name);

  constructor(context: StatementContext, parent: QueryScope | null, compilers: QueryCompilers) {
    this.context = context;
    this.parent = parent;
    this.compilers = compilers;
    this.ctes = parent?.ctes ?? null;
    this.isStatement = parent === null;
    this.level = parent === null ? 0 : parent.level + 1;
  }

  /** Notes a use of the last round of a recursive query, for all queries inside that one. */
  noteRecursion(cte: Cte): void {
    if (this.level > cte.level) {
      this.outerUses |= RECURSING;
      this.parent?.noteRecursion(cte);
    }
  }

  get parameters(): ParameterTypes {
    return this.context.parameters;
  }

  /** Adds an entry that gives rows, and gives its place; its names are added by `addNames`. */
  addEntry(entry: FromEntry, node: SyntaxNode): number {
    if (this.entries.length >= SOURCES_MAX) {
      node.refuse(`more than ${SOURCES_MAX} entries of FROM`);
    }
    return this.entries.push(entry) - 1;
  }

  /** Adds names; 42712 when the query has one of that alias already. */
  addNames(item: NamespaceItem): void {
    if (
      item.alias !== null &&
      item.byAlias &&
      this.namespace.some((other) => other.byAlias && other.alias === item.alias)
    ) {
      throw new PostgresError("42712", `table name "${item.alias}" specified more than once`);
    }
    this.namespace.push(item);
  }

  column(qualifier: string | undefined, name: string, node: SyntaxNode): Expression {
    const found = this.#find(qualifier, name, node);
    if (found !== undefined) {
      return found;
    }
    throw this.#missing(qualifier, name, node).at(node.position);
  }

  /** A new place in the frame's `innerValues`. */
  addInnerValue(): number {
    this.#innerValues += 1;
    return this.#innerValues - 1;
  }

  subLink(node: SyntaxNode): Expression {
    const text = node.canonical();
    const before = this.#innerUses;
    this.#innerUses = [];
    const compiled = this.compilers.subLink(this, node);
    this.innerUses.set(text, this.#innerUses);
    this.#innerUses = before;
    return compiled;
  }

  call(node: SyntaxNode): Expression {
    if (this.#compileCall === null) {
      throw this.compilers.refuseCall(this.#clause, node).at(node.position);
    }
    return this.#compileCall(node);
  }

  /**
   * Compiles a part of the clause that goes by these words in errors. `compileCall` compiles calls
   * of aggregates, windows and sets; null where none is allowed.
   */
  within<Result>(
    clause: string,
    compileCall: ((node: SyntaxNode) => Expression) | null,
    compile: () => Result,
  ): Result {
    const before = { clause: this.#clause, compileCall: this.#compileCall };
    this.#clause = clause;
    this.#compileCall = compileCall;
    const result = compile();
    this.#clause = before.clause;
    this.#compileCall = before.compileCall;
    return result;
  }

  #find(qualifier: string | undefined, name: string, node: SyntaxNode): Expression | undefined {
    const own = this.findOwn(qualifier, name, node);
    if (own !== undefined) {
      return own;
    }
    if (qualifier !== undefined && this.#hasAlias(qualifier)) {
      return undefined;
    }
    const outer = this.parent === null ? undefined : this.parent.#find(qualifier, name, node);
    if (outer === undefined) {
      return undefined;
    }
    this.outerUses |= outer.sources;
    if (outer.column !== undefined && this.parent !== null) {
      this.parent.#innerUses.push({ place: outer.column, position: node.position });
    }
    const { type, typmod = -1, evaluate } = outer;
    return { type, typmod, evaluate: inOuterFrame(evaluate), sources: OUTER };
  }

  /** The column of this query level; 42702 when two have the name. */
  findOwn(qualifier: string | undefined, name: string, node: SyntaxNode): Expression | undefined {
    let found: Expression | undefined;
    for (const item of this.namespace) {
      if (qualifier === undefined ? !item.byColumn : !item.byAlias || item.alias !== qualifier) {
        continue;
      }
      for (const column of item.columns) {
        if (column.name !== name) {
          continue;
        }
        if (found !== undefined) {
          const message = `column reference "${name}" is ambiguous`;
          throw new PostgresError("42702", message).at(node.position);
        }
        found = column.expression;
        this.used.add(found);
      }
    }
    return found;
  }

  // errorMissingRTE: an entry that is there but not to be seen from here is told of.
  #missingTable(name: string): PostgresError {
    const entry = this.#findEntry(name);
    if (entry === undefined) {
      return new PostgresError("42P01", `missing FROM-clause entry for table "${name}"`);
    }
    const hint =
      entry.alias === name
        ? `There is an entry for table "${name}", but it cannot be referenced from this part of the query.`
        : `Perhaps you meant to reference the table alias "${entry.alias}".`;
    const message = `invalid reference to FROM-clause entry for table "${name}"`;
    return new PostgresError("42P01", message, { hint });
  }

  #findEntry(name: string): FromEntry | undefined {
    const found = this.entries.find(
      ({ alias, relation, inlined }) => !inlined && (relation === name || alias === name),
    );
    return found ?? (this.parent === null ? undefined : this.parent.#findEntry(name));
  }

  #hasAlias(alias: string): boolean {
    return this.namespace.some((item) => item.byAlias && item.alias === alias);
  }

  #knowsAlias(alias: string): boolean {
    return this.#hasAlias(alias) || (this.parent !== null && this.parent.#knowsAlias(alias));
  }

  get #knowsEntries(): boolean {
    return this.namespace.length > 0 || (this.parent !== null && this.parent.#knowsEntries);
  }

  // A system column or a whole row is a name that Postgres knows, so it is refused.
  #missing(qualifier: string | undefined, name: string, node: SyntaxNode): PostgresError {
    const known = qualifier === undefined ? this.#knowsEntries : this.#knowsAlias(qualifier);
    if (SYSTEM_COLUMNS.has(name) && known) {
      return node.refuse(`the system column ${name}`);
    }
    if (qualifier === undefined) {
      if (this.#knowsAlias(name)) {
        return node.refuse(`a reference to a whole row of ${name}`);
      }
      return new PostgresError("42703", `column "${name}" does not exist`);
    }
    if (!known) {
      return this.#missingTable(qualifier);
    }
    return new PostgresError("42703", `column ${qualifier}.${name} does not exist`);
  }
}

/** A frame with the queries inside the expressions of its level. */
export function buildFrame(site: Site, sources: number, inner: InnerQueries): Frame {
  const frame = new Frame(site.run, site.outer, sources);
  const inside = { ...site, outer: frame };
  for (const build of inner.queries) {
    frame.subQueries.push(build(inside));
  }
  for (const build of inner.memberships) {
    frame.memberships.push(build(inside));
  }
  return frame;
}

/** A column of an entry of FROM; one that was dropped from its table keeps its place only. */
export interface EntryField extends Field {
  readonly dropped?: boolean;
}

/** The names of an entry's own columns. */
export function columnsOf(source: number, columns: readonly EntryField[]): NamedColumn[] {
  return columns.flatMap((field, column) =>
    field.dropped === true
      ? []
      : [{ name: field.name, expression: columnAt(source, column, field) }],
  );
}

/** A column by its place. */
export function columnAt(source: number, column: number, { type, typmod }: Field): Expression {
  const evaluate: Evaluate = (frame) => frame.rows[source]?.[column] ?? null;
  return { type, typmod, evaluate, sources: 1 << source, column: { source, column } };
}

/** The columns of a table as an entry of FROM. */
export function columnsOfTable(table: Table): EntryField[] {
  return table.columns.map(({ name, type, typmod, dropped }) => ({ name, type, typmod, dropped }));
}

function inOuterFrame(evaluate: Evaluate): Evaluate {
  return (frame) => evaluate(outerOf(frame));
}

function outerOf(frame: Frame): Frame {
  if (frame.outer === null) {
    throw new Error("an expression looks for a row around the outermost query");
  }
  return frame.outer;
}
