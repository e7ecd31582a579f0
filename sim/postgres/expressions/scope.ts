import { PostgresError } from "../ground/postgres-error.ts";
import type { Table } from "../storage/table.ts";
import type { SqlType } from "../types/sql-type.ts";
import type { ColumnPlace } from "./expression.ts";

/** A table in a query, under the name that the query knows it by. */
export interface Source {
  readonly alias: string;
  readonly table: Table;
}

const SYSTEM_COLUMNS = new Set(["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"]);

/** The types of a statement's parameters, as they become known while it is compiled. */
export class ParameterTypes {
  readonly #types: (SqlType | undefined)[] = [];

  get count(): number {
    return this.#types.length;
  }

  /** The parameter's type so far: unknown until something gives it one. */
  typeOf(number: number): SqlType {
    while (this.#types.length < number) {
      this.#types.push(undefined);
    }
    return this.#types[number - 1] ?? "unknown";
  }

  /** Gives a parameter of unknown type its type; 42P08 when it has another one by now. */
  settle(number: number, type: SqlType): void {
    const known = this.typeOf(number);
    if (known !== "unknown" && known !== type) {
      throw new PostgresError("42P08", `inconsistent types deduced for parameter $${number}`, {
        detail: `${known} versus ${type}`,
      });
    }
    this.#types[number - 1] = type;
  }

  /** All types, in order; 42P18 when nothing in the statement says what one of them is. */
  finish(): readonly SqlType[] {
    return this.#types.map((type, at) => {
      if (type !== undefined) {
        return type;
      }
      throw new PostgresError("42P18", `could not determine data type of parameter $${at + 1}`);
    });
  }
}

/** The names an expression may use. */
export class Scope {
  readonly sources: Source[] = [];
  readonly parameters: ParameterTypes;

  constructor(parameters: ParameterTypes) {
    this.parameters = parameters;
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
