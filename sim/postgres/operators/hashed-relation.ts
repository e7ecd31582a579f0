import type { Frame } from "../expressions/frame.ts";
import type { HashKey } from "../types/datum.ts";
import { hashKeyOf, type TypedValue } from "./hash-key.ts";
import type { Operator } from "./operator.ts";
import { RowBuffer } from "./row-buffer.ts";

/** What a relation is hashed by: its own values, and what they are looked for with. */
export interface HashKeys {
  readonly stored: readonly TypedValue[];
  readonly sought: readonly TypedValue[];
}

const END = -1;

/**
 * A relation that is looked into again and again by equality: the inner side of a hash join, or a
 * sub-select that is run for each row around it. Its rows are read once a run of the statement,
 * which has one snapshot, so it must depend on nothing that changes during the run.
 */
export class HashedRelation implements Operator {
  readonly #frame: Frame;
  readonly #child: Operator;
  readonly #keys: HashKeys;
  readonly #buffer: RowBuffer;
  readonly #first = new Map<HashKey, number>();
  /** By a row's place, the next one with its key; by that of the first one, the last. */
  readonly #following: number[] = [];
  readonly #lastOf: number[] = [];
  #builtFor = 0;
  #building = false;
  #pending = false;
  #at = END;

  constructor(frame: Frame, child: Operator, sources: readonly number[], keys: HashKeys) {
    this.#frame = frame;
    this.#child = child;
    this.#keys = keys;
    this.#buffer = new RowBuffer(frame, sources, false);
  }

  open(): void {
    if (this.#builtFor !== this.#frame.run.number) {
      this.#build();
    }
    const key = hashKeyOf(this.#keys.sought, this.#frame);
    this.#at = key === null ? END : (this.#first.get(key) ?? END);
  }

  next(): boolean {
    const at = this.#at;
    if (at === END) {
      return false;
    }
    this.#buffer.restore(at);
    this.#at = this.#following[at] ?? END;
    return true;
  }

  recheck(): boolean {
    return this.#child.recheck();
  }

  #build(): void {
    if (!this.#building) {
      this.#buffer.clear();
      this.#first.clear();
      this.#following.length = 0;
      this.#lastOf.length = 0;
      this.#pending = false;
      this.#child.open();
      this.#building = true;
    }
    while (this.#pending || this.#child.next()) {
      this.#pending = true;
      const key = hashKeyOf(this.#keys.stored, this.#frame);
      this.#pending = false;
      if (key !== null) {
        this.#add(key);
      }
    }
    this.#building = false;
    this.#builtFor = this.#frame.run.number;
  }

  #add(key: HashKey): void {
    const at = this.#buffer.save();
    this.#following.push(END);
    this.#lastOf.push(at);
    const first = this.#first.get(key);
    if (first === undefined) {
      this.#first.set(key, at);
    } else {
      this.#following[this.#lastOf[first] ?? first] = at;
      this.#lastOf[first] = at;
    }
  }
}
