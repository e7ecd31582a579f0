import { type Frame, NO_AGGREGATES } from "../expressions/frame.ts";
import type { AggregateState } from "../functions/aggregate-state.ts";
import type { Datum, HashKey } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import { groupKeyOf, type TypedValue } from "./hash-key.ts";
import type { Condition, Operator } from "./operator.ts";
import { placeNullRows, RowBuffer } from "./row-buffer.ts";

/** The aggregates of a query: the values of a group start somewhere and take row after row. */
export interface AggregateCalls {
  initialValues(): readonly AggregateState[];
  /** Takes the frame's row into the values. */
  accumulate(values: readonly AggregateState[], frame: Frame): void;
}

/** How rows are grouped. `keys` is null without GROUP BY: then all rows are one group. */
export interface Grouping {
  readonly keys: readonly TypedValue[] | null;
  readonly calls: AggregateCalls;
  readonly having: Condition;
}

/**
 * The groups of the rows below. The frame holds the first row of each group, from which the columns
 * that GROUP BY determines are read, and the results of the aggregates.
 */
export class Aggregation implements Operator {
  readonly #frame: Frame;
  readonly #child: Operator;
  readonly #sources: readonly number[];
  readonly #grouping: Grouping;
  readonly #types: readonly SqlType[];
  readonly #firstRows: RowBuffer;
  readonly #places = new Map<HashKey | null, number>();
  #values: (readonly AggregateState[])[] = [];
  readonly #key: Datum[] = [];
  #reading = true;
  #pending = false;
  #at = 0;

  constructor(frame: Frame, child: Operator, sources: readonly number[], grouping: Grouping) {
    this.#frame = frame;
    this.#child = child;
    this.#sources = sources;
    this.#grouping = grouping;
    this.#firstRows = new RowBuffer(frame, sources, false);
    this.#types = grouping.keys?.map(({ type }) => type) ?? [];
  }

  open(): void {
    this.#reading = true;
    this.#pending = false;
    this.#firstRows.clear();
    this.#places.clear();
    this.#values = [];
    this.#child.open();
    if (this.#grouping.keys === null) {
      placeNullRows(this.#frame, this.#sources);
      this.#firstRows.save();
      this.#values.push(this.#grouping.calls.initialValues());
    }
  }

  next(): boolean {
    if (this.#reading) {
      this.#read();
    }
    const frame = this.#frame;
    while (this.#at < this.#firstRows.length) {
      this.#firstRows.restore(this.#at);
      frame.aggregates = this.#values[this.#at] ?? NO_AGGREGATES;
      for (const state of frame.aggregates) {
        state.finish();
      }
      const met = this.#grouping.having(frame);
      this.#at += 1;
      if (met) {
        return true;
      }
    }
    return false;
  }

  /** No row of a grouped query is locked. */
  recheck(): boolean {
    throw new Error("a grouped query was to be looked at again");
  }

  #read(): void {
    const { calls } = this.#grouping;
    while (this.#pending || this.#child.next()) {
      this.#pending = true;
      const values = this.#values[this.#placeOfGroup()];
      if (values !== undefined) {
        calls.accumulate(values, this.#frame);
      }
      this.#pending = false;
    }
    this.#reading = false;
    this.#at = 0;
  }

  #placeOfGroup(): number {
    const { keys, calls } = this.#grouping;
    if (keys === null) {
      return 0;
    }
    const values = this.#key;
    values.length = 0;
    for (const { evaluate } of keys) {
      values.push(evaluate(this.#frame));
    }
    const key = groupKeyOf(this.#types, values);
    let place = this.#places.get(key);
    if (place === undefined) {
      place = this.#firstRows.save();
      this.#places.set(key, place);
      this.#values.push(calls.initialValues());
    }
    return place;
  }
}
