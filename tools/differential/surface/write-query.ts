import type { Draws } from "../draws.ts";
import { AGGREGATES, WINDOW_FUNCTIONS } from "./expression-table.ts";
import { LISTED_SORTS } from "./sorts.ts";
import type { SqlPart, SqlTree } from "./sql-tree.ts";
import type { SurfaceTable } from "./surface-schema.ts";
import { ExpressionWriter, expressionTree, keysOf, type Scope } from "./write-expression.ts";

/** A query, and whether its ORDER BY leaves nothing open. */
export interface WrittenQuery {
  readonly tree: SqlTree;
  readonly isOrdered: boolean;
}

/** A FROM clause and what it lets expressions name. */
interface From {
  readonly tree: SqlTree;
  readonly scope: Scope;
}

/** Writes random queries over the tables of the setup. */
export class QueryWriter {
  readonly expressions: ExpressionWriter;
  readonly #draws: Draws;
  readonly #tables: readonly [SurfaceTable, ...SurfaceTable[]];
  #aliases = 0;

  constructor(draws: Draws, tables: readonly [SurfaceTable, ...SurfaceTable[]]) {
    this.#draws = draws;
    this.#tables = tables;
    this.expressions = new ExpressionWriter(draws);
  }

  query(): WrittenQuery {
    const kind = this.#draws.below(100);
    if (kind < 24) {
      return { tree: this.#bare(), isOrdered: false };
    }
    if (kind < 48) {
      return this.#plain();
    }
    if (kind < 66) {
      return { tree: this.#grouped(), isOrdered: false };
    }
    if (kind < 76) {
      return { tree: this.#windowed(), isOrdered: false };
    }
    if (kind < 86) {
      return { tree: this.#setOperation(), isOrdered: false };
    }
    return this.#withQueries();
  }

  /** A table under a new alias, with the scope of its columns. */
  aliased(table: SurfaceTable): { readonly alias: string; readonly scope: Scope } {
    this.#aliases += 1;
    const alias = `x${this.#aliases}`;
    return { alias, scope: this.scopeOf(table, `${alias}.`) };
  }

  /** The columns of a table, each under a prefix, and what sub-selects may stand beside them. */
  scopeOf({ columns }: SurfaceTable, prefix: string): Scope {
    return this.#scope(
      columns.map(({ name, sort, isKey }) => ({ sql: `${prefix}${name}`, sort, isKey })),
    );
  }

  #scope(columns: Scope["columns"]): Scope {
    const scope: Scope = {
      columns,
      subselect: (sort, depth) => this.#subselect(sort, scope, depth),
    };
    return scope;
  }

  /** An expression with a sub-select in it that may look at the rows around it. */
  #subselect(sort: string, outer: Scope, depth: number): SqlTree | undefined {
    if (depth <= 0) {
      return undefined;
    }
    const table = this.#draws.pick(this.#tables);
    const { alias, scope } = this.aliased(table);
    const key = keysOf(scope);
    const inner = { columns: [...scope.columns, ...outer.columns] };
    const where = () => this.expressions.expression("bool", inner, 1);
    const tell = (...parts: SqlPart[]) => expressionTree(sort, parts);
    if (sort === "bool") {
      const kind = this.#draws.below(4);
      const compared = this.expressions.exactSort("any");
      const value = () => this.expressions.expression(compared, outer, 1);
      const selected = () => this.expressions.expression(compared, inner, 1);
      const from = ` FROM ${table.name} ${alias}`;
      switch (kind) {
        case 0:
          return tell(value(), " IN (SELECT ", selected(), from, " WHERE ", where(), ")");
        case 1:
          return tell(value(), " = ANY (SELECT ", selected(), from, ")");
        case 2:
          return tell("NOT EXISTS (SELECT ", selected(), from, " WHERE ", where(), ")");
        default:
          return tell("EXISTS (SELECT 1", from, " WHERE ", where(), ")");
      }
    }
    const value = this.expressions.expression(sort, inner, 1);
    const from = ` FROM ${table.name} ${alias}`;
    return this.#draws.chance(60)
      ? tell("(SELECT ", value, from, " WHERE ", where(), ` ORDER BY ${key} LIMIT 1)`)
      : tell("(SELECT max(", value, ")", from, " WHERE ", where(), ")");
  }

  #bare(): SqlTree {
    const scope = this.#scope([]);
    return select(["SELECT ", this.#targets(scope, 1 + this.#draws.below(2), 3)]);
  }

  #plain(): WrittenQuery {
    const { tree, scope } = this.#from();
    const distinct = this.#draws.chance(8);
    const targets = this.#draws.chance(10)
      ? "*"
      : this.#targets(scope, 1 + this.#draws.below(3), 2);
    const head = [
      "SELECT ",
      distinct ? optional("DISTINCT ") : "",
      targets,
      tree,
      this.#where(scope),
    ];
    if (distinct) {
      return { tree: select(head), isOrdered: false };
    }
    const order = [" ORDER BY ", optional(...this.#sortItem(scope), ", "), keysOf(scope)];
    const isOrdered = scope.columns.some(({ isKey }) => isKey);
    const limit = isOrdered && this.#draws.chance(30) ? this.#limit() : "";
    return { tree: select([...head, ...order, limit]), isOrdered };
  }

  #limit(): SqlTree {
    const offset = optional(" OFFSET ", this.#draws.pick(["0", "1", "3"]));
    const count = this.#draws.pick(["1", "3", "0", "ALL", "NULL"]);
    const fetch = this.#draws.chance(10)
      ? [offset, " FETCH FIRST 2 ROWS ONLY"]
      : [` LIMIT ${count}`, offset];
    return optional(...fetch);
  }

  #sortItem(scope: Scope): SqlPart[] {
    const direction = this.#draws.pick(["", " DESC", " ASC", " NULLS FIRST", " DESC NULLS LAST"]);
    return [this.expressions.expression("any", scope, 1), direction];
  }

  #grouped(): SqlTree {
    const { tree, scope } = this.#from();
    const groups = Array.from({ length: this.#draws.below(3) }, () =>
      this.expressions.expression("any", scope, this.#draws.below(2)),
    );
    const aggregates = Array.from({ length: 1 + this.#draws.below(2) }, () =>
      this.#aggregate(scope),
    );
    const targets = joined([...groups, ...aggregates.map((one) => this.#named(one))]);
    const by = groups.length === 0 ? "" : optional(" GROUP BY ", joined(groups));
    const having = this.#draws.chance(30)
      ? optional(" HAVING ", this.#comparedAggregate(scope))
      : "";
    return select(["SELECT ", targets, tree, this.#where(scope), by, having]);
  }

  #aggregate(scope: Scope): SqlTree {
    const production = this.#draws.pickOf(
      AGGREGATES.filter(({ isListed }) => isListed || this.#draws.chance(10)),
    );
    if (production === undefined) {
      return expressionTree("int8", ["count(*)"]);
    }
    this.expressions.isListed &&= production.isListed;
    const result = this.#draws.pickOf(LISTED_SORTS) ?? "int4";
    const parts = this.expressions.fill(production, { result, scope, depth: 2 });
    const filter = this.#draws.chance(20)
      ? optional(" FILTER (WHERE ", this.expressions.expression("bool", scope, 1), ")")
      : "";
    return expressionTree("aggregate", [...parts, filter]);
  }

  #comparedAggregate(scope: Scope): SqlTree {
    const parts = this.#draws.pick([
      ["count(*) > ", this.expressions.expression("int4", scope, 0)],
      ["sum(", this.expressions.expression("whole", scope, 1), ") > 1"],
      ["max(", this.expressions.expression("text", scope, 1), ") IS NOT NULL"],
    ]);
    return expressionTree("bool", parts);
  }

  #windowed(): SqlTree {
    const { tree, scope } = this.#from();
    const production = this.#draws.pickOf(WINDOW_FUNCTIONS);
    const result = this.#draws.pickOf(LISTED_SORTS) ?? "int4";
    const call =
      production === undefined
        ? []
        : this.expressions.fill(production, { result, scope, depth: 1 });
    const partition = this.#draws.chance(50)
      ? optional("PARTITION BY ", this.expressions.expression("any", scope, 1))
      : "";
    const order = [" ORDER BY ", optional(...this.#sortItem(scope), ", "), keysOf(scope)];
    const frame = this.#draws.chance(15)
      ? optional(
          this.#draws.pick([
            " ROWS BETWEEN 1 PRECEDING AND CURRENT ROW",
            " ROWS UNBOUNDED PRECEDING",
            " RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
          ]),
        )
      : "";
    const over = this.#draws.chance(15)
      ? { call: [" OVER w"], window: [" WINDOW w AS (", partition, ...order, frame, ")"] }
      : { call: [" OVER (", partition, ...order, frame, ")"], window: [""] };
    const windowCall = expressionTree("window", [...call, ...over.call]);
    return select([
      "SELECT ",
      keysOf(scope),
      ", ",
      windowCall,
      tree,
      this.#where(scope),
      ...over.window,
    ]);
  }

  #setOperation(): SqlTree {
    const sorts = Array.from({ length: 1 + this.#draws.below(2) }, () =>
      this.expressions.exactSort("any"),
    );
    const side = () => {
      const { tree, scope } = this.#from();
      const targets = sorts.map((sort) => this.expressions.expression(sort, scope, 1));
      return select(["SELECT ", joined(targets), tree, this.#where(scope)]);
    };
    const operation = () =>
      this.#draws.pick([" UNION ", " UNION ALL ", " INTERSECT ", " EXCEPT ", " EXCEPT ALL "]);
    const third = this.#draws.chance(20) ? optional(operation(), side()) : "";
    return select([side(), operation(), side(), third]);
  }

  #withQueries(): WrittenQuery {
    const { tree: inner, scope } = this.#from();
    const sorts = ["int4", this.expressions.exactSort("any")];
    const targets = sorts.map((sort) => this.expressions.expression(sort, scope, 1));
    const outer = this.#scope(sorts.map((sort, at) => ({ sql: `c.c${at}`, sort, isKey: false })));
    const recursive = this.#draws.chance(10);
    if (recursive) {
      const step = this.expressions.expression("int4", { columns: [] }, 1);
      const text = [
        "WITH RECURSIVE c(c0) AS (SELECT 1 UNION ALL SELECT c0 + 1 FROM c WHERE c0 < 5) SELECT c0, ",
        step,
        " FROM c",
      ];
      return { tree: select(text), isOrdered: false };
    }
    const names = this.#draws.chance(70) ? "(c0, c1)" : "(c0, c1)";
    const materialized = this.#draws.pick(["", "", "MATERIALIZED ", "NOT MATERIALIZED "]);
    const definition = ["SELECT ", joined(targets), inner, this.#where(scope)];
    const body = ["SELECT ", this.#targets(outer, 2, 1), " FROM c", this.#where(outer)];
    return {
      tree: select([`WITH c${names} AS ${materialized}(`, ...definition, ") ", ...body]),
      isOrdered: false,
    };
  }

  #targets(scope: Scope, count: number, depth: number): SqlTree {
    return joined(
      Array.from({ length: count }, () =>
        this.#named(this.expressions.expression("any", scope, depth)),
      ),
    );
  }

  #named(expression: SqlTree): SqlTree {
    return this.#draws.chance(25)
      ? {
          ...expression,
          parts: [expression, optional(this.#draws.pick([" AS n1", ' AS "A b"', " n2"]))],
        }
      : expression;
  }

  #where(scope: Scope): SqlPart {
    return this.#draws.chance(45)
      ? optional(" WHERE ", this.expressions.expression("bool", scope, 2))
      : "";
  }

  #from(): From {
    const first = this.#fromItem();
    if (!this.#draws.chance(35)) {
      return { tree: fromTree([" FROM ", first.tree]), scope: first.scope };
    }
    const second = this.#fromItem();
    const scope = this.#scope([...first.scope.columns, ...second.scope.columns]);
    const condition = () => this.expressions.expression("bool", scope, 1);
    const keys = [first.scope, second.scope].map((side) =>
      side.columns.find(({ sort }) => sort === "int4"),
    );
    const equal = keys.every((key) => key !== undefined)
      ? expressionTree("bool", [`${keys[0]?.sql ?? ""} = ${keys[1]?.sql ?? ""}`])
      : condition();
    switch (this.#draws.below(9)) {
      case 0:
        return { tree: fromTree([" FROM ", first.tree, ", ", second.tree]), scope };
      case 1:
        return { tree: fromTree([" FROM ", first.tree, " CROSS JOIN ", second.tree]), scope };
      case 2:
        return {
          tree: fromTree([" FROM ", first.tree, " FULL JOIN ", second.tree, " ON ", equal]),
          scope,
        };
      case 3:
        return {
          tree: fromTree([" FROM ", first.tree, " RIGHT JOIN ", second.tree, " ON ", equal]),
          scope,
        };
      case 4:
      case 5:
        return {
          tree: fromTree([
            " FROM ",
            first.tree,
            " LEFT JOIN ",
            second.tree,
            " ON ",
            equal,
            optional(" AND ", condition()),
          ]),
          scope,
        };
      default:
        return {
          tree: fromTree([" FROM ", first.tree, " JOIN ", second.tree, " ON ", equal]),
          scope,
        };
    }
  }

  #fromItem(): From {
    const table = this.#draws.pick(this.#tables);
    const { alias, scope } = this.aliased(table);
    switch (this.#draws.below(12)) {
      case 0: {
        const count = this.expressions.expression("int4", { columns: [] }, 0);
        const series = [`generate_series(1, least(`, count, `, 5)) AS ${alias}(v)`];
        return {
          tree: fromTree(series),
          scope: this.#scope([{ sql: `${alias}.v`, sort: "int4", isKey: true }]),
        };
      }
      case 1: {
        const sort = this.expressions.exactSort("any");
        const row = (key: number) => [
          "(",
          String(key),
          ", ",
          this.expressions.expression(sort, { columns: [] }, 1),
          ")",
        ];
        const values = ["(VALUES ", ...row(1), ", ", ...row(2), `) AS ${alias}(k, v)`];
        const columns = [
          { sql: `${alias}.k`, sort: "int4", isKey: true },
          { sql: `${alias}.v`, sort, isKey: false },
        ];
        return { tree: fromTree(values), scope: this.#scope(columns) };
      }
      case 2: {
        const sort = this.expressions.exactSort("any");
        const value = this.expressions.expression(sort, scope, 1);
        const query = [
          "(SELECT ",
          keysOf(scope),
          " AS k, ",
          value,
          ` AS v FROM ${table.name} ${alias}`,
          this.#where(scope),
          `) AS ${alias}s`,
        ];
        const key = scope.columns.find(({ isKey }) => isKey)?.sort ?? "int4";
        const columns = [
          { sql: `${alias}s.k`, sort: key, isKey: true },
          { sql: `${alias}s.v`, sort, isKey: false },
        ];
        return { tree: fromTree(query), scope: this.#scope(columns) };
      }
      case 3: {
        const inner = this.aliased(this.#tables[0]);
        const value = this.expressions.expression(
          "int4",
          { columns: [...scope.columns, ...inner.scope.columns] },
          1,
        );
        const lateral = [
          `${table.name} ${alias} CROSS JOIN LATERAL (SELECT `,
          value,
          ` AS v FROM t ${inner.alias} ORDER BY ${keysOf(inner.scope)} LIMIT 2) AS ${alias}l`,
        ];
        return {
          tree: fromTree(lateral),
          scope: this.#scope([...scope.columns, { sql: `${alias}l.v`, sort: "int4", isKey: true }]),
        };
      }
      default:
        return { tree: fromTree([`${table.name} ${alias}`]), scope };
    }
  }
}

function select(parts: readonly SqlPart[]): SqlTree {
  return { sort: "query", parts, shortest: "SELECT 1" };
}

function fromTree(parts: readonly SqlPart[]): SqlTree {
  return { sort: "from", parts, shortest: "" };
}

/** What may be left out. */
export function optional(...parts: readonly SqlPart[]): SqlTree {
  return { sort: "optional", parts, shortest: "" };
}

/** A list, each of whose later elements may be left out. */
function joined(trees: readonly SqlTree[]): SqlTree {
  const parts = trees.map((tree, at): SqlPart => (at === 0 ? tree : optional(", ", tree)));
  return { sort: "list", parts, shortest: "1" };
}
