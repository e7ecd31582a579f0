import type { HashKey } from "../types/datum.ts";
import { hashKeyOf } from "./hash-key.ts";
import type { HashKeys } from "./hashed-relation.ts";
import type { JoinParts } from "./nested-loop.ts";
import type { Operator } from "./operator.ts";
import { placeNullRows, RowBuffer } from "./row-buffer.ts";

type Place = "reading" | "left" | "seeking" | "right" | "missing left" | "missing right";

const NOBODY: readonly number[] = [];

/**
 * FULL JOIN: the pairs that match, each left row without a match, and at last each right row
 * without one. The right side is read first and hashed.
 */
export class FullJoin implements Operator {
  readonly #parts: JoinParts;
  readonly #leftSources: readonly number[];
  readonly #keys: HashKeys;
  readonly #buffer: RowBuffer;
  readonly #places = new Map<HashKey, number[]>();
  #matchedRight: boolean[] = [];
  #place: Place = "reading";
  #pending = false;
  #candidates = NOBODY;
  #at = 0;
  #matched = false;

  constructor(parts: JoinParts, leftSources: readonly number[], keys: HashKeys) {
    this.#parts = parts;
    this.#leftSources = leftSources;
    this.#keys = keys;
    this.#buffer = new RowBuffer(parts.frame, parts.rightSources, false);
  }

  open(): void {
    this.#place = "reading";
    this.#pending = false;
    this.#buffer.clear();
    this.#places.clear();
    this.#matchedRight = [];
    this.#parts.right.open();
    this.#parts.left.open();
  }

  next(): boolean {
    const { frame, left, filter } = this.#parts;
    for (;;) {
      switch (this.#place) {
        case "reading":
          this.#readRight();
          this.#place = "left";
          break;
        case "left":
          this.#matched = false;
          if (left.next()) {
            this.#place = "seeking";
          } else {
            this.#at = 0;
            this.#place = "missing left";
          }
          break;
        case "seeking":
          this.#candidates = this.#placesOf(hashKeyOf(this.#keys.sought, frame));
          this.#at = 0;
          this.#place = "right";
          break;
        case "right":
          if (this.#nextPair()) {
            return true;
          }
          break;
        case "missing right":
          placeNullRows(frame, this.#parts.rightSources);
          if (filter(frame)) {
            this.#place = "left";
            return true;
          }
          this.#place = "left";
          break;
        case "missing left":
          if (this.#at >= this.#buffer.length) {
            return false;
          }
          if (this.#isMissed(this.#at)) {
            return true;
          }
          break;
      }
    }
  }

  recheck(): boolean {
    const { frame, left, right, on, filter, rightSources } = this.#parts;
    const hasLeft = left.recheck();
    const hasRight = right.recheck();
    if (!hasLeft && !hasRight) {
      return false;
    }
    if (hasLeft && !(hasRight && on(frame))) {
      placeNullRows(frame, rightSources);
    } else if (!hasLeft) {
      placeNullRows(frame, this.#leftSources);
    }
    return filter(frame);
  }

  #readRight(): void {
    const { frame, right } = this.#parts;
    while (this.#pending || right.next()) {
      this.#pending = true;
      const key = hashKeyOf(this.#keys.stored, frame);
      this.#pending = false;
      const at = this.#buffer.save();
      this.#matchedRight.push(false);
      if (key === null) {
        continue;
      }
      const same = this.#places.get(key);
      if (same === undefined) {
        this.#places.set(key, [at]);
      } else {
        same.push(at);
      }
    }
  }

  #placesOf(key: HashKey | null): readonly number[] {
    return key === null ? NOBODY : (this.#places.get(key) ?? NOBODY);
  }

  #nextPair(): boolean {
    const { frame, on, filter } = this.#parts;
    const right = this.#candidates[this.#at];
    if (right === undefined) {
      this.#place = this.#matched ? "left" : "missing right";
      return false;
    }
    this.#buffer.restore(right);
    if (on(frame)) {
      this.#matched = true;
      this.#matchedRight[right] = true;
    } else {
      this.#at += 1;
      return false;
    }
    const met = filter(frame);
    this.#at += 1;
    return met;
  }

  #isMissed(at: number): boolean {
    const { frame, filter } = this.#parts;
    if (this.#matchedRight[at] === true) {
      this.#at += 1;
      return false;
    }
    this.#buffer.restore(at);
    placeNullRows(frame, this.#leftSources);
    const met = filter(frame);
    this.#at += 1;
    return met;
  }
}
