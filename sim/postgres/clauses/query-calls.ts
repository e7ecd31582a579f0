import { compileAggregateCall } from "../expressions/aggregate-call.ts";
import { Aggregates } from "../expressions/aggregate.ts";
import type { Expression } from "../expressions/expression.ts";
import { withParts } from "../expressions/folding.ts";
import { functionKind, functionName } from "../expressions/function-call.ts";
import { compileSetCall, type SetCall } from "../expressions/set-call.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { WindowWork } from "../operators/windows.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { columnAt, OUTER, type QueryScope } from "./query-scope.ts";
import { WindowCalls } from "./window-clause.ts";

/**
 * The calls of one query that are no plain functions: aggregates, windows and sets, each with its
 * place in the frame. A set's values and a window's results are columns of an entry of their own.
 */
export class QueryCalls {
  readonly aggregates: Aggregates;
  readonly windows: WindowCalls;
  readonly #scope: QueryScope;
  readonly #sets: SetCall[] = [];
  #setSource: number | undefined;

  constructor(scope: QueryScope) {
    this.#scope = scope;
    this.aggregates = new Aggregates();
    this.windows = new WindowCalls(scope);
  }

  /** The calls of sets in the select list, with the place of their values; null without any. */
  get sets(): { readonly source: number; readonly calls: readonly SetCall[] } | null {
    return this.#setSource === undefined ? null : { source: this.#setSource, calls: this.#sets };
  }

  /** The calls over windows, with the place of their results; null without any. */
  get windowWork(): { readonly source: number; readonly work: readonly WindowWork[] } | null {
    return this.windows.work;
  }

  /** Compiles a call where the clause allows aggregates; `windows` says whether windows, too. */
  compile(
    node: SyntaxNode,
    clause: { readonly words: string; readonly windows: boolean },
  ): Expression {
    const scope = this.#scope;
    if (hasWindow(node)) {
      if (!clause.windows) {
        throw windowNotAllowed(clause.words).at(node.position);
      }
      // The arguments may hold aggregates, but no other window.
      return scope.within(
        INSIDE_WINDOW,
        (inner) => this.compile(inner, NO_WINDOWS),
        () => this.windows.compile(node),
      );
    }
    switch (functionKind(functionName(node.reopen()))) {
      case "aggregate":
        return this.#aggregate(node);
      case "window": {
        const name = functionName(node.reopen());
        const message = `window function ${name} requires an OVER clause`;
        throw new PostgresError("42809", message).at(node.position);
      }
      default:
        if (!clause.windows) {
          throw setNotAllowed(clause.words).at(node.position);
        }
        return this.#set(node);
    }
  }

  #aggregate(node: SyntaxNode): Expression {
    const call = this.#scope.within(INSIDE_AGGREGATE, null, () =>
      compileAggregateCall(this.#scope, node),
    );
    // Over columns of a query around this one alone, it is an aggregate of that query.
    if (call.sources === OUTER) {
      node.refuse("an aggregate of a query around this one");
    }
    return this.aggregates.add(call);
  }

  #set(node: SyntaxNode): Expression {
    const scope = this.#scope;
    const call = scope.within("set-returning function arguments", null, () =>
      compileSetCall(scope, node),
    );
    this.#setSource ??= scope.addEntry(
      { alias: "*SET*", columns: [], relation: null, inlined: true },
      node,
    );
    const at = this.#sets.push(call) - 1;
    const field = { name: call.name, type: call.type, typmod: -1 };
    const { type, evaluate, sources } = columnAt(this.#setSource, at, field);
    return withParts({ type, evaluate, sources }, call.operands);
  }
}

const INSIDE_WINDOW = "window function arguments";
const INSIDE_AGGREGATE = "aggregate function arguments";
const NO_WINDOWS = { words: INSIDE_WINDOW, windows: false };

/** Refuses a call where the clause allows none but plain functions. */
export function refuseCall(words: string, node: SyntaxNode): PostgresError {
  if (hasWindow(node)) {
    return windowNotAllowed(words);
  }
  const name = functionName(node.reopen());
  switch (functionKind(name)) {
    case "aggregate":
      return words === INSIDE_AGGREGATE
        ? new PostgresError("42803", "aggregate function calls cannot be nested")
        : new PostgresError("42803", `aggregate functions are not allowed in ${words}`);
    case "window":
      return new PostgresError("42809", `window function ${name} requires an OVER clause`);
    default:
      return setNotAllowed(words);
  }
}

function windowNotAllowed(words: string): PostgresError {
  switch (words) {
    case INSIDE_WINDOW:
      return new PostgresError("42P20", "window function calls cannot be nested");
    case INSIDE_AGGREGATE:
      return new PostgresError(
        "42803",
        "aggregate function calls cannot contain window function calls",
      );
    default:
      return new PostgresError("42P20", `window functions are not allowed in ${words}`);
  }
}

function setNotAllowed(words: string): PostgresError {
  if (words === INSIDE_AGGREGATE) {
    return new PostgresError(
      "0A000",
      "aggregate function calls cannot contain set-returning function calls",
    );
  }
  return new PostgresError("0A000", `set-returning functions are not allowed in ${words}`);
}

function hasWindow(node: SyntaxNode): boolean {
  return node.reopen().part("over") !== undefined;
}
