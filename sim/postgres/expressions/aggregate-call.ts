import { AggregateState, type AggregateDefinition } from "../functions/aggregate-state.ts";
import { AGGREGATES } from "../functions/aggregates.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { TEXT } from "../types/builtin-types.ts";
import type { Datum } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import { settleUnknown } from "./coercion.ts";
import { compileCondition, compileExpression } from "./compile-expression.ts";
import { demandEquality, demandOrder } from "./demand-comparable.ts";
import { type Evaluate, type Expression, sourcesOf } from "./expression.ts";
import type { Frame } from "./frame.ts";
import { functionName, type ResolvedCall, resolveCall } from "./function-call.ts";
import type { Scope } from "./scope.ts";

/** A call of an aggregate: how a group begins, and how it takes a row in. */
export interface AggregateCall {
  readonly type: SqlType;
  /** The tables whose rows it reads, as bits. */
  readonly sources: number;
  /** All that is computed for it. */
  readonly parts: readonly Expression[];
  create(): AggregateState;
  /** Takes the frame's row in, unless FILTER or null keep it out. */
  step(state: AggregateState, frame: Frame): void;
}

/** One key of ORDER BY inside an aggregate. */
interface OrderKey {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/**
 * Compiles a call of an aggregate with DISTINCT, ORDER BY and FILTER; OVER is the caller's to read
 * before. @throws PostgresError 42883, 42809, 42P10
 */
export function compileAggregateCall(scope: Scope, node: SyntaxNode): AggregateCall {
  const name = functionName(node);
  const isStar = node.flag("agg_star");
  const argumentNodes = node.children("args");
  const isDistinct = node.flag("agg_distinct");
  const orderNodes = node.children("agg_order");
  const filterNode = node.child("agg_filter");
  node.only("funcformat", "COERCE_EXPLICIT_CALL");
  node.end();
  if (argumentNodes.length === 0 && !isStar) {
    const message = `${name}(*) must be used to call a parameterless aggregate function`;
    throw new PostgresError("42809", message).at(node.position);
  }
  const compiled = argumentNodes.map((one) => compileExpression(scope, one));
  const filter =
    filterNode === undefined ? undefined : compileCondition(scope, filterNode, "FILTER");
  const written = isDistinct ? compiled.map((one) => settleUnknown(scope, one, TEXT)) : compiled;
  const resolved = resolveWith(orderNodes.length, () => resolveCall(scope, node, name, written));
  const definition = "signature" in resolved ? AGGREGATES.get(resolved.source) : undefined;
  if (!("signature" in resolved) || definition === undefined || resolved.operands.length > 2) {
    return node.refuse("shown" in resolved ? resolved.shown : `function ${name}`);
  }
  const order = orderNodes.map((one) => readOrderKey(scope, one));
  if (isDistinct && order.some((key) => !isAmong(key, resolved.operands, argumentNodes))) {
    const message =
      "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list";
    throw new PostgresError("42P10", message);
  }
  return assemble(resolved, definition, { order, isDistinct, filter });
}

/** ParseFuncOrColumn: behind several keys of ORDER BY it guesses that some are arguments. */
function resolveWith<Resolved>(keys: number, resolve: () => Resolved): Resolved {
  try {
    return resolve();
  } catch (error) {
    if (!(error instanceof PostgresError) || error.code !== "42883" || keys < 2) {
      throw error;
    }
    const hint =
      "No aggregate function matches the given name and argument types. Perhaps you misplaced ORDER BY; ORDER BY must appear after all regular arguments of the aggregate.";
    throw new PostgresError(error.code, error.message, { hint });
  }
}

function readOrderKey(scope: Scope, node: SyntaxNode): OrderKey {
  const direction = node.text("sortby_dir") ?? "SORTBY_DEFAULT";
  const nulls = node.text("sortby_nulls") ?? "SORTBY_NULLS_DEFAULT";
  const key = node.requiredChild("node");
  node.end();
  if (direction === "SORTBY_USING") {
    key.refuse(direction);
  }
  const descending = direction === "SORTBY_DESC";
  const expression = settleUnknown(scope, compileExpression(scope, key), TEXT);
  demandOrder(expression.type, expression.node?.start);
  const nullsFirst = nulls === "SORTBY_NULLS_DEFAULT" ? descending : nulls.endsWith("FIRST");
  return { expression, descending, nullsFirst };
}

function isAmong(
  key: OrderKey,
  operands: readonly Expression[],
  nodes: readonly SyntaxNode[],
): boolean {
  const wanted = key.expression.node?.canonical();
  return operands.some((_, at) => nodes[at]?.canonical() === wanted);
}

interface Modifiers {
  readonly order: readonly OrderKey[];
  readonly isDistinct: boolean;
  readonly filter: Expression | undefined;
}

function assemble(
  resolved: ResolvedCall,
  definition: AggregateDefinition,
  { order, isDistinct, filter }: Modifiers,
): AggregateCall {
  const { operands, result: type } = resolved;
  const [first, second] = operands.map(({ evaluate }) => evaluate);
  const { skipsNull } = definition;
  const takes = filter?.evaluate;
  const all = [...operands, ...order.map(({ expression }) => expression)];
  const parts = filter === undefined ? all : [...all, filter];
  const sources = sourcesOf(parts);
  const isPlain = order.length === 0 && !isDistinct;
  const create = (): AggregateState => definition.create(resolved);
  if (isPlain) {
    return {
      type,
      sources,
      parts,
      create,
      step(state, frame) {
        if (takes !== undefined && takes(frame) !== true) {
          return;
        }
        const value = first === undefined ? null : first(frame);
        if (value !== null || !skipsNull) {
          state.step(value, second === undefined ? null : second(frame));
        }
      },
    };
  }
  if (isDistinct) {
    operands.forEach(({ type, node }) => demandEquality(type, node?.start));
  }
  const keys = order.map(({ expression }) => expression.evaluate);
  return {
    type,
    sources,
    parts,
    create: () => new ArrangedState(create(), operands, order, isDistinct),
    step(state, frame) {
      if (takes !== undefined && takes(frame) !== true) {
        return;
      }
      const value = first === undefined ? null : first(frame);
      if ((value !== null || !skipsNull) && state instanceof ArrangedState) {
        state.keep(value, second === undefined ? null : second(frame), keysOf(keys, frame));
      }
    },
  };
}

function keysOf(keys: readonly Evaluate[], frame: Frame): readonly Datum[] {
  return keys.map((key) => key(frame));
}

interface KeptRow {
  readonly first: Datum;
  readonly second: Datum;
  readonly keys: readonly Datum[];
}

/** Keeps the rows of a group until all are there, to hand them on in order and each once. */
class ArrangedState extends AggregateState {
  readonly #state: AggregateState;
  readonly #operands: readonly Expression[];
  readonly #order: readonly OrderKey[];
  readonly #isDistinct: boolean;
  readonly #rows: KeptRow[] = [];
  #isDone = false;

  constructor(
    state: AggregateState,
    operands: readonly Expression[],
    order: readonly OrderKey[],
    isDistinct: boolean,
  ) {
    super();
    this.#state = state;
    this.#operands = operands;
    this.#order = order;
    this.#isDistinct = isDistinct;
  }

  keep(first: Datum, second: Datum, keys: readonly Datum[]): void {
    this.#rows.push({ first, second, keys });
  }

  step(first: Datum, second: Datum): void {
    this.keep(first, second, []);
  }

  override finish(): void {
    if (!this.#isDone) {
      this.#isDone = true;
      this.#handOn();
    }
  }

  result(): Datum {
    this.finish();
    return this.#state.result();
  }

  #handOn(): void {
    const seen = new Set<string>();
    const sorted = this.#rows.toSorted((left, right) => this.#compare(left, right));
    for (const { first, second } of sorted) {
      const key = this.#isDistinct ? this.#keyOf(first, second) : "";
      if (!this.#isDistinct || !seen.has(key)) {
        seen.add(key);
        this.#state.step(first, second);
      }
    }
  }

  /** DISTINCT sorts by its arguments behind what ORDER BY says. */
  #compare(left: KeptRow, right: KeptRow): number {
    for (const [at, { expression, descending, nullsFirst }] of this.#order.entries()) {
      const order = compareKeys(expression.type, left.keys[at] ?? null, right.keys[at] ?? null, {
        descending,
        nullsFirst,
      });
      if (order !== 0) {
        return order;
      }
    }
    if (!this.#isDistinct) {
      return 0;
    }
    const ascending = { descending: false, nullsFirst: false };
    const [first, second] = this.#operands.map(({ type }) => type);
    return (
      (first === undefined ? 0 : compareKeys(first, left.first, right.first, ascending)) ||
      (second === undefined ? 0 : compareKeys(second, left.second, right.second, ascending))
    );
  }

  #keyOf(first: Datum, second: Datum): string {
    return [first, second]
      .map((value, at) => {
        const type = this.#operands[at]?.type;
        const part = value === null || type === undefined ? null : String(type.hashKey(value));
        return part === null ? "n" : `${part.length}:${part}`;
      })
      .join("");
  }
}

function compareKeys(
  type: SqlType,
  left: Datum,
  right: Datum,
  { descending, nullsFirst }: { readonly descending: boolean; readonly nullsFirst: boolean },
): number {
  if (left === null || right === null) {
    return left === right ? 0 : (left === null) === nullsFirst ? -1 : 1;
  }
  const order = type.compare(left, right);
  return descending ? -order : order;
}
