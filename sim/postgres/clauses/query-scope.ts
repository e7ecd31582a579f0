import type { ColumnPlace, Evaluate, Expression } from "../expressions/expression.ts";
import type { ParameterTypes, Scope } from "../expressions/scope.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { Table } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { UNKNOWN } from "../types/builtin-types.ts";

/** A table in a query, under the name that the query knows it by. */
export interface Source {
  readonly alias: string;
  readonly table: Table;
}

const SYSTEM_COLUMNS = new Set(["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"]);

/** The names an expression may use. */
export class QueryScope implements Scope {
  readonly sources: Source[] = [];
  readonly parameters: ParameterTypes;
  /** How a call is compiled in a clause that may have aggregates; null elsewhere. */
  aggregateCall: ((node: SyntaxNode) => Expression) | null = null;

  constructor(parameters: ParameterTypes) {
    this.parameters = parameters;
  }

  column(qualifier: string | undefined, name: string, node: SyntaxNode): Expression {
    const unnamed = this.unnamed(qualifier, name);
    if (unnamed !== undefined) {
      return node.refuse(unnamed);
    }
    const place = this.resolve(qualifier, name);
    const { source, column } = place;
    const { type = UNKNOWN, typmod = -1 } = this.sources[source]?.table.columns[column] ?? {};
    const evaluate: Evaluate = (frame) => frame.rows[source]?.[column] ?? null;
    return { type, typmod, evaluate, sources: 1 << source, column: place };
  }

  subLink(node: SyntaxNode): Expression {
    return node.refuse("a sub-select in an expression");
  }

  call(node: SyntaxNode): Expression {
    const compile = this.aggregateCall;
    if (compile === null) {
      return node.refuse(`function ${node.names("funcname").join(".")}`);
    }
    // Aggregates are not nested.
    this.aggregateCall = null;
    const compiled = compile(node);
    this.aggregateCall = compile;
    return compiled;
  }

  /** Adds a table; 42712 when the query has one of that name already. */
  add(source: Source): void {
    if (this.sources.some((other) => other.alias === source.alias)) {
      throw new PostgresError("42712", `table name "${source.alias}" specified more than once`);
    }
    this.sources.push(source);
  }

  /**
   * Lets go of the tables and gives them back, when all is compiled: what was compiled may outlive
   * the engine whose tables they are, and must not keep its rows in memory.
   */
  takeTables(): Table[] {
    return this.sources.splice(0).map(({ table }) => table);
  }

  /**
   * What a name stands for that is no declared column but that Postgres knows all the same: a
   * system column or a whole row. Undefined for any other name.
   */
  unnamed(qualifier: string | undefined, name: string): string | undefined {
    const sources = this.sources.filter(({ alias }) => (qualifier ?? alias) === alias);
    if (sources.some(({ table }) => table.columnAt(name) >= 0)) {
      return undefined;
    }
    if (SYSTEM_COLUMNS.has(name) && sources.length > 0) {
      return `the system column ${name}`;
    }
    const isRow = qualifier === undefined && sources.some(({ alias }) => alias === name);
    return isRow ? `a reference to a whole row of ${name}` : undefined;
  }

  /**
   * Finds `column` or `qualifier.column`: 42703, 42P01 or 42702 in Postgres's words when it is not
   * one column.
   */
  resolve(qualifier: string | undefined, column: string): ColumnPlace {
    if (qualifier !== undefined && !this.sources.some((source) => source.alias === qualifier)) {
      throw new PostgresError("42P01", `missing FROM-clause entry for table "${qualifier}"`);
    }
    const places: ColumnPlace[] = [];
    for (const [at, source] of this.sources.entries()) {
      if (qualifier !== undefined && source.alias !== qualifier) {
        continue;
      }
      const found = source.table.columnAt(column);
      if (found >= 0) {
        places.push({ source: at, column: found });
      }
    }
    const [place, second] = places;
    if (second !== undefined) {
      throw new PostgresError("42702", `column reference "${column}" is ambiguous`);
    }
    if (place !== undefined) {
      return place;
    }
    const name = qualifier === undefined ? `"${column}"` : `${qualifier}.${column}`;
    throw new PostgresError("42703", `column ${name} does not exist`);
  }
}
