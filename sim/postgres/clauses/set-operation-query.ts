import { commonTypeOf } from "../expressions/common-type.ts";
import { demandEquality } from "../expressions/demand-comparable.ts";
import { allSteps, type PlanStep } from "../expressions/fold.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { Distinct } from "../operators/distinct.ts";
import type { RowStream } from "../operators/operator.ts";
import { Append, SetOperation } from "../operators/set-operation.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { UNKNOWN } from "../types/builtin-types.ts";
import type { Field } from "../types/field.ts";
import type { SqlType } from "../types/sql-type.ts";
import { wordsOf } from "./locking-clause.ts";
import type { Locking, QueryPlan } from "./query-plan.ts";
import type { QueryScope } from "./query-scope.ts";
import type { Site } from "./statement-context.ts";

const WORDS: ReadonlyMap<string, "UNION" | "INTERSECT" | "EXCEPT"> = new Map([
  ["SETOP_UNION", "UNION"],
  ["SETOP_INTERSECT", "INTERSECT"],
  ["SETOP_EXCEPT", "EXCEPT"],
]);

/** Compiles UNION, INTERSECT or EXCEPT of two queries, without the clauses after them. */
export function compileSetOperation(scope: QueryScope, node: SyntaxNode): SetOperationQuery {
  const operation = node.requiredText("op");
  const all = node.flag("all");
  const word = WORDS.get(operation) ?? node.refuse(operation);
  const leftNode = node.part("larg") ?? node.refuse(`${word} without a left side`);
  const rightNode = node.part("rarg") ?? node.refuse(`${word} without a right side`);
  const left = scope.compilers.query(scope, leftNode);
  const right = scope.compilers.query(scope, rightNode);
  if (left.columns.length !== right.columns.length) {
    const message = `each ${word} query must have the same number of columns`;
    const [first] = rightNode.reopen().children("targetList");
    throw new PostgresError("42601", message).at(first?.position);
  }
  const query = new SetOperationQuery({ left, right, word, all });
  for (const [at, column] of left.columns.entries()) {
    const parts = [
      { type: column.type, node: { start: left.positionOf(at) } },
      { type: right.columns[at]?.type ?? UNKNOWN, node: { start: right.positionOf(at) } },
    ];
    const type = commonTypeOf(parts, word);
    const typing = parts.find((one) => one.type === type) ?? parts[0];
    query.positions.push(typing?.node.start);
    query.coerceColumn(at, type, word);
    if (word !== "UNION" || !all) {
      demandEquality(type, query.positionOf(at));
    }
  }
  return query;
}

/** A set operation, compiled. */
class SetOperationQuery implements QueryPlan {
  readonly #left: QueryPlan;
  readonly #right: QueryPlan;
  readonly #word: "UNION" | "INTERSECT" | "EXCEPT";
  readonly #all: boolean;
  readonly uses: number;
  /** Of each column, the place of the side that gave it its type. */
  readonly positions: (number | undefined)[] = [];

  constructor(parts: {
    readonly left: QueryPlan;
    readonly right: QueryPlan;
    readonly word: "UNION" | "INTERSECT" | "EXCEPT";
    readonly all: boolean;
  }) {
    this.#left = parts.left;
    this.#right = parts.right;
    this.#word = parts.word;
    this.#all = parts.all;
    this.uses = parts.left.uses | parts.right.uses;
  }

  /** Names are those of the left side. */
  get columns(): readonly Field[] {
    return this.#left.columns;
  }

  coerceColumn(at: number, type: SqlType, construct?: string): void {
    this.#left.coerceColumn(at, type, construct);
    this.#right.coerceColumn(at, type, construct);
  }

  positionOf(at: number): number | undefined {
    return this.positions[at];
  }

  /** All columns are computed: they tell the rows apart, or are values as they were written. */
  keepColumns(): void {
    // Nothing is left out.
  }

  lock(locking: Locking): void {
    const message = `${wordsOf(locking)} is not allowed with UNION/INTERSECT/EXCEPT`;
    throw new PostgresError("0A000", message);
  }

  planning(): PlanStep | null {
    return allSteps([this.#left.planning(), this.#right.planning()]);
  }

  build(site: Site): RowStream {
    const left = this.#left.build(site);
    const right = this.#right.build(site);
    const all = this.#all;
    const types = this.columns.map(({ type }) => type);
    if (this.#word === "UNION") {
      const both = new Append([left, right]);
      return all ? both : new Distinct(both, types);
    }
    const operation = this.#word === "INTERSECT" ? "intersect" : "except";
    return new SetOperation(left, right, { operation, all, types });
  }
}
