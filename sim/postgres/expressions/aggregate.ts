import type { AggregateState } from "../functions/aggregate-state.ts";
import type { AggregateCall } from "./aggregate-call.ts";
import type { Evaluate, Expression } from "./expression.ts";
import { withParts } from "./folding.ts";
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
    const evaluate: Evaluate = (frame) => frame.aggregates[at]?.result() ?? null;
    return withParts({ type: call.type, evaluate, sources: 0 }, call.parts);
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
