import type { AggregateState } from "../functions/aggregate-state.ts";
import type { AggregateCall } from "./aggregate-call.ts";
import type { Expression } from "./expression.ts";
import type { Frame } from "./frame.ts";

/** The aggregate calls of one query, each with a place in the frame's `aggregates`. */
export class Aggregates {
  readonly #calls: AggregateCall[] = [];

  get count(): number {
    return this.#calls.length;
  }

  /** Adds a call, and gives its result. */
  add(call: AggregateCall): Expression {
    const at = this.#calls.push(call) - 1;
    return {
      type: call.type,
      evaluate: (frame) => frame.aggregates[at]?.result() ?? null,
      sources: 0,
    };
  }

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
