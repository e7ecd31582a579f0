import type { AggregateState } from "../functions/aggregate-state.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { type AggregateCall, compileAggregateCall } from "./aggregate-call.ts";
import type { Expression } from "./expression.ts";
import type { Frame } from "./frame.ts";
import type { Scope } from "./scope.ts";

/** The aggregate calls of one query, each with a place in the frame's `aggregates`. */
export class Aggregates {
  readonly #scope: Scope;
  readonly #calls: AggregateCall[] = [];

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  get count(): number {
    return this.#calls.length;
  }

  /** Compiles a call; one that is not simulated is refused by its name. */
  readonly compileCall = (node: SyntaxNode): Expression => {
    const call = compileAggregateCall(this.#scope, node);
    const at = this.#calls.push(call) - 1;
    return {
      type: call.type,
      evaluate: (frame) => frame.aggregates[at]?.result() ?? null,
      sources: 0,
    };
  };

  /** The states of all aggregates before the first row. */
  initialValues(): AggregateState[] {
    return this.#calls.map((call) => call.create());
  }

  /** Takes the frame's row into the states. */
  accumulate(states: readonly AggregateState[], frame: Frame): void {
    for (let at = 0; at < states.length; at += 1) {
      const state = states[at];
      if (state !== undefined) {
        this.#calls[at]?.step(state, frame);
      }
    }
  }
}
