import { PostgresError } from "../ground/postgres-error.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { BIGINT, BOOLEAN, INTEGER, NUMERIC, UNKNOWN } from "../types/builtin-types.ts";
import type { Datum } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import { canonical, int8Add, num, whole } from "../types/whole.ts";
import { compileExpression } from "./compile-expression.ts";
import type { Evaluate, Expression } from "./expression.ts";
import type { Frame } from "./frame.ts";
import type { Scope } from "./scope.ts";

/**
 * An aggregate call: its value over the rows of a group starts at `initial` and takes each row in
 * turn.
 */
interface Aggregate {
  readonly initial: Datum;
  step(accumulated: Datum, frame: Frame): Datum;
}

/** The aggregate calls of one query, each with a place in the frame's `aggregates`. */
export class Aggregates {
  readonly #scope: Scope;
  readonly #calls: Aggregate[] = [];

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  get count(): number {
    return this.#calls.length;
  }

  /** Compiles count, sum, min or max; every other function is refused by its name. */
  readonly compileCall = (node: SyntaxNode): Expression => {
    const name = node.names("funcname").join(".");
    const star = node.flag("agg_star");
    const [argumentNode, second] = node.children("args");
    node.only("funcformat", "COERCE_EXPLICIT_CALL");
    if (!["count", "sum", "min", "max"].includes(name) || second !== undefined) {
      return node.refuse(`function ${name}`);
    }
    node.end();
    if (argumentNode === undefined) {
      if (name !== "count" || !star) {
        return node.refuse(`${name} without an argument`);
      }
      return this.#add(BIGINT, { initial: 0, step: increment });
    }
    const operand = compileExpression(this.#scope, argumentNode);
    if (name === "count") {
      return this.#add(BIGINT, countNonNull(operand.evaluate));
    }
    if (name === "sum") {
      return this.#add(sumType(node, operand.type), sum(operand));
    }
    if (operand.type === UNKNOWN || operand.type === BOOLEAN) {
      throw new PostgresError("42883", `function ${name}(${operand.type.name}) does not exist`);
    }
    return this.#add(operand.type, extreme(operand, name === "min" ? -1 : 1));
  };

  /** The values of all aggregates before the first row. */
  initialValues(): Datum[] {
    return this.#calls.map((call) => call.initial);
  }

  /** Takes the frame's row into the accumulated values. */
  accumulate(values: Datum[], frame: Frame): void {
    for (const [at, call] of this.#calls.entries()) {
      values[at] = call.step(values[at] ?? null, frame);
    }
  }

  #add(type: SqlType, call: Aggregate): Expression {
    const at = this.#calls.push(call) - 1;
    return { type, evaluate: (frame) => frame.aggregates[at] ?? null, sources: 0 };
  }
}

function increment(accumulated: Datum): Datum {
  return num(accumulated) + 1;
}

function countNonNull(evaluate: Evaluate): Aggregate {
  return {
    initial: 0,
    step: (accumulated, frame) => (evaluate(frame) === null ? accumulated : increment(accumulated)),
  };
}

function sumType(node: SyntaxNode, type: SqlType): SqlType {
  if (type === BIGINT) {
    return NUMERIC;
  }
  return type === INTEGER ? BIGINT : node.refuse(`sum over ${type.name}`);
}

function sum(operand: Expression): Aggregate {
  return {
    initial: null,
    step: (accumulated, frame) => {
      const value = operand.evaluate(frame);
      if (value === null) {
        return accumulated;
      }
      if (accumulated === null) {
        return value;
      }
      if (operand.type === INTEGER) {
        return int8Add(whole(accumulated), whole(value));
      }
      return canonical(BigInt(whole(accumulated)) + BigInt(whole(value)));
    },
  };
}

function extreme({ type, evaluate }: Expression, sign: number): Aggregate {
  return {
    initial: null,
    step: (accumulated, frame) => {
      const value = evaluate(frame);
      if (value === null) {
        return accumulated;
      }
      if (accumulated === null) {
        return value;
      }
      return type.compare(value, accumulated) * sign > 0 ? value : accumulated;
    },
  };
}
