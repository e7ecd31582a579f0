import type { Draws } from "../draws.ts";
import { type Production, PRODUCTIONS } from "./expression-table.ts";
import { LISTED_SORTS, OTHER_SORTS, SORTS, UMBRELLAS } from "./sorts.ts";
import type { SqlPart, SqlTree, TreeParameter } from "./sql-tree.ts";

/** A column that an expression may name. */
export interface ScopeColumn {
  readonly sql: string;
  readonly sort: string;
  /** Unique in its table, so that an order by all keys is total. */
  readonly isKey: boolean;
}

/** What expressions of one place may use. */
export interface Scope {
  readonly columns: readonly ScopeColumn[];
  /** An expression with a sub-select, by result type, where one may stand. */
  readonly subselect?: (sort: string, depth: number) => SqlTree | undefined;
}

/** Writes random expressions; whether one left the documented surface is noted. */
export class ExpressionWriter {
  readonly #draws: Draws;
  readonly #parameters: TreeParameter[] = [];
  /** False once something was written that the documentation does not list. */
  isListed = true;

  constructor(draws: Draws) {
    this.#draws = draws;
  }

  /** An expression of a type, at most `depth` operators deep. */
  expression(sort: string, scope: Scope, depth: number): SqlTree {
    const exact = this.exactSort(this.#draws.chance(2) ? "any" : sort);
    if (this.#draws.chance(4)) {
      const subselect = scope.subselect?.(exact, depth);
      if (subselect !== undefined) {
        return subselect;
      }
    }
    if (depth <= 0 || this.#draws.chance(20)) {
      return this.#leaf(exact, scope);
    }
    const production = this.#productionFor(exact);
    if (production === undefined) {
      return this.#leaf(exact, scope);
    }
    this.isListed &&= production.isListed;
    const parts = this.fill(production, { result: exact, scope, depth });
    return expressionTree(exact, ["(", ...parts, ")"]);
  }

  /** The parts of a production, with an expression at every place. */
  fill(
    { template, result: declared }: Production,
    use: { readonly result: string; readonly scope: Scope; readonly depth: number },
  ): SqlPart[] {
    const variables = new Map<string, string>(declared === "A" ? [["A", use.result]] : []);
    return template.split(/(\{[^}]+\})/).map((piece): SqlPart => {
      const name = /^\{(?<name>[^}]+)\}$/.exec(piece)?.groups?.["name"];
      if (name === undefined) {
        return piece;
      }
      if (name === "K") {
        return keysOf(use.scope);
      }
      if (name === "A!" || name === "B!") {
        return this.typeName(this.#bound(variables, name.slice(0, 1)));
      }
      const sort = /^[AB]$/.test(name) ? this.#bound(variables, name) : name;
      return this.expression(sort, use.scope, use.depth - 1);
    });
  }

  /** A type, where several may stand. */
  exactSort(sort: string): string {
    const draws = this.#draws;
    if (sort === "any") {
      return draws.pickOf(draws.chance(90) ? LISTED_SORTS : OTHER_SORTS) ?? "int4";
    }
    const umbrella = UMBRELLAS.get(sort);
    return umbrella === undefined ? sort : draws.pick(umbrella);
  }

  typeName(sort: string): string {
    return SORTS.get(sort)?.typeName ?? "integer";
  }

  #bound(variables: Map<string, string>, name: string): string {
    const bound = variables.get(name) ?? this.exactSort("any");
    variables.set(name, bound);
    return bound;
  }

  #productionFor(sort: string): Production | undefined {
    const own = PRODUCTIONS.filter(({ result }) => result === sort);
    const general = PRODUCTIONS.filter(({ result }) => result === "A");
    const umbrella = [...UMBRELLAS].find(([, sorts]) => sorts.includes(sort))?.[0];
    const shared = PRODUCTIONS.filter(({ result }) => result === umbrella);
    const group = this.#draws.pick([own, own, own, own, general, shared]);
    const listed = group.filter(({ isListed }) => isListed);
    return this.#draws.pickOf(this.#draws.chance(94) ? listed : group);
  }

  #leaf(name: string, scope: Scope): SqlTree {
    const sort = SORTS.get(name);
    if (sort === undefined) {
      throw new Error(`no type ${name} in the table of types`);
    }
    this.isListed &&= sort.isListed;
    const columns = scope.columns.filter((column) => column.sort === name);
    const column = this.#draws.pickOf(columns);
    if (column !== undefined && this.#draws.chance(60)) {
      return expressionTree(name, [column.sql]);
    }
    return expressionTree(name, this.#constant(sort));
  }

  #constant({ typeName, values }: { typeName: string; values: readonly [string, ...string[]] }) {
    const value = this.#draws.pick(values);
    const quoted = `'${value.replaceAll("'", "''")}'`;
    const isPlain = typeName === "boolean" ? value === "true" : /^-?[0-9]/.test(value);
    const isNumber = /^(smallint|integer|bigint|numeric.*)$/.test(typeName) || value === "true";
    switch (this.#draws.below(12)) {
      case 0:
        return ["NULL"];
      case 1:
        return [`NULL::${typeName}`];
      case 2:
        return [quoted];
      case 3:
        return [this.#parameter(value)];
      case 4:
        return [this.#parameter(value), `::${typeName}`];
      case 5:
        return [`CAST(${quoted} AS ${typeName})`];
      case 6:
        return [this.#parameter(null), `::${typeName}`];
      default:
        return [isPlain && isNumber ? value : `${quoted}::${typeName}`];
    }
  }

  #parameter(value: string | null): TreeParameter {
    const earlier = this.#draws.pickOf(this.#parameters);
    if (earlier !== undefined && this.#draws.chance(20)) {
      return earlier;
    }
    const parameter = { value };
    this.#parameters.push(parameter);
    return parameter;
  }
}

/** An expression that may be cut down to NULL. */
export function expressionTree(sort: string, parts: readonly SqlPart[]): SqlTree {
  return { sort, parts, shortest: "NULL" };
}

/** The keys of all rows that are joined, for an order that is total. */
export function keysOf({ columns }: Scope): string {
  const keys = columns.filter(({ isKey }) => isKey).map(({ sql }) => sql);
  return keys.length === 0 ? "1" : keys.join(", ");
}
