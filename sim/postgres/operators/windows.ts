import type { AggregateCall } from "../expressions/aggregate-call.ts";
import type { Evaluate } from "../expressions/expression.ts";
import type { Frame } from "../expressions/frame.ts";
import type { AggregateState } from "../functions/aggregate-state.ts";
import type { WindowFunction, WindowRow } from "../functions/window-functions.ts";
import type { Datum } from "../types/datum.ts";
import type { Operator } from "./operator.ts";
import { RowBuffer } from "./row-buffer.ts";
import { compareByKeys, type SortOrder } from "./sort-order.ts";
import { type FrameBounds, frameOf, type PeerGroups } from "./window-frame.ts";

/** A key that a window's rows are divided or ordered by. */
export interface WindowKey extends SortOrder {
  readonly evaluate: Evaluate;
}

/** PARTITION BY, ORDER BY and the frame. */
export interface WindowParts {
  readonly partition: readonly WindowKey[];
  readonly order: readonly WindowKey[];
  readonly bounds: FrameBounds;
}

/** A call over a window: a window function with its arguments, or an aggregate over the frame. */
export type WindowCall =
  | {
      readonly kind: "function";
      readonly compute: WindowFunction;
      readonly operands: readonly Evaluate[];
    }
  | {
      readonly kind: "aggregate";
      readonly aggregate: AggregateCall;
    };

/** A window with the calls over it, each with its place among the results. */
export interface WindowWork {
  readonly parts: WindowParts;
  readonly calls: readonly { readonly call: WindowCall; readonly at: number }[];
}

/**
 * nodeWindowAgg.c: takes all rows first, and gives each of them with the results of the calls over
 * windows, in the order in which they came.
 */
export class Windows implements Operator {
  readonly #frame: Frame;
  readonly #child: Operator;
  readonly #source: number;
  readonly #windows: readonly WindowWork[];
  readonly #buffer: RowBuffer;
  #results: Datum[][] = [];
  #reading = true;
  #at = 0;

  /** `source` is the place in the frame where the results go. */
  constructor(
    frame: Frame,
    child: Operator,
    windows: readonly WindowWork[],
    rows: {
      readonly source: number;
      readonly sources: readonly number[];
      readonly grouped: boolean;
    },
  ) {
    this.#frame = frame;
    this.#child = child;
    this.#source = rows.source;
    this.#windows = windows;
    this.#buffer = new RowBuffer(frame, rows.sources, rows.grouped);
  }

  open(): void {
    this.#reading = true;
    this.#buffer.clear();
    this.#child.open();
  }

  next(): boolean {
    if (this.#reading) {
      while (this.#child.next()) {
        this.#buffer.save();
      }
      this.#results = Array.from({ length: this.#buffer.length }, () => []);
      for (const work of this.#windows) {
        this.#compute(work);
      }
      this.#reading = false;
      this.#at = 0;
    }
    const results = this.#results[this.#at];
    if (results === undefined) {
      this.#results = [];
      this.#buffer.clear();
      return false;
    }
    this.#buffer.restore(this.#at);
    this.#frame.rows[this.#source] = results;
    this.#at += 1;
    return true;
  }

  /** No row of a query with windows is locked. */
  recheck(): boolean {
    throw new Error("a query with windows was to be looked at again");
  }

  #compute({ parts, calls }: WindowWork): void {
    const { partition } = parts;
    const keys = [...partition, ...parts.order];
    const values: Datum[] = [];
    const order: number[] = [];
    for (let at = 0; at < this.#buffer.length; at += 1) {
      this.#buffer.restore(at);
      // Those of ORDER BY are computed first, and compared last.
      const first = at * keys.length;
      for (const [place, key] of parts.order.entries()) {
        values[first + partition.length + place] = key.evaluate(this.#frame);
      }
      for (const [place, key] of partition.entries()) {
        values[first + place] = key.evaluate(this.#frame);
      }
      order.push(at);
    }
    const stride = keys.length;
    const compare = (left: number, right: number): number =>
      compareByKeys(keys, values, left * stride, right * stride);
    order.sort(compare);
    const inPartition = (left: number, right: number): boolean =>
      compareByKeys(parts.partition, values, left * stride, right * stride) === 0;
    for (let from = 0; from < order.length;) {
      let to = from + 1;
      while (to < order.length && inPartition(order[from] ?? 0, order[to] ?? 0)) {
        to += 1;
      }
      this.#computePartition(parts.bounds, calls, order.slice(from, to), compare);
      from = to;
    }
  }

  #computePartition(
    bounds: FrameBounds,
    calls: WindowWork["calls"],
    rows: readonly number[],
    compare: (left: number, right: number) => number,
  ): void {
    const groups = groupsOf(rows, compare);
    for (const { call, at } of calls) {
      const running = new RunningAggregate(call);
      for (let row = 0; row < rows.length; row += 1) {
        this.#buffer.restore(rows[row] ?? 0);
        const frame = frameOf(bounds, this.#frame, row, groups);
        const result =
          call.kind === "function"
            ? call.compute(this.#windowRow(call.operands, rows, row, groups, frame))
            : running.over(frame, (other) => this.#step(call, running.state, rows[other] ?? 0));
        const results = this.#results[rows[row] ?? 0];
        if (results !== undefined) {
          results[at] = result;
        }
      }
    }
  }

  #step(
    call: Extract<WindowCall, { kind: "aggregate" }>,
    state: AggregateState | null,
    row: number,
  ): void {
    if (state !== null) {
      this.#buffer.restore(row);
      call.aggregate.step(state, this.#frame);
    }
  }

  #windowRow(
    operands: readonly Evaluate[],
    rows: readonly number[],
    at: number,
    groups: PeerGroups,
    frame: { readonly from: number; readonly to: number },
  ): WindowRow {
    const group = groups.groupOf[at] ?? 0;
    const evaluateAt = (row: number, which: number): Datum => {
      this.#buffer.restore(rows[row] ?? 0);
      return operands[which]?.(this.#frame) ?? null;
    };
    return {
      at,
      rows: rows.length,
      peersFrom: groups.starts[group] ?? 0,
      peersTo: groups.starts[group + 1] ?? rows.length,
      groupsBefore: group,
      frameFrom: frame.from,
      frameTo: frame.to,
      argument: (which) => evaluateAt(at, which),
      valueAt: (row) => evaluateAt(row, 0),
    };
  }
}

function groupsOf(
  rows: readonly number[],
  compare: (left: number, right: number) => number,
): PeerGroups {
  const starts: number[] = [];
  const groupOf: number[] = [];
  for (let at = 0; at < rows.length; at += 1) {
    if (at === 0 || compare(rows[at - 1] ?? 0, rows[at] ?? 0) !== 0) {
      starts.push(at);
    }
    groupOf.push(starts.length - 1);
  }
  return { rows: rows.length, starts, groupOf };
}

/** An aggregate over one frame after the other: it goes on where a frame only grows at its end. */
class RunningAggregate {
  state: AggregateState | null = null;
  readonly #call: WindowCall;
  #from = 0;
  #to = 0;

  constructor(call: WindowCall) {
    this.#call = call;
  }

  over(frame: { readonly from: number; readonly to: number }, step: (row: number) => void): Datum {
    if (this.#call.kind !== "aggregate") {
      return null;
    }
    if (this.state === null || frame.from !== this.#from || frame.to < this.#to) {
      this.state = this.#call.aggregate.create();
      this.#from = frame.from;
      this.#to = frame.from;
    }
    for (; this.#to < frame.to; this.#to += 1) {
      step(this.#to);
    }
    return this.state.result();
  }
}
