import type { RowValues } from "../storage/row.ts";
import type { HashKey } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import { groupKeyOf } from "./hash-key.ts";
import type { RowStream } from "./operator.ts";

/** UNION ALL: the rows of one query, then those of the other. */
export class Append implements RowStream {
  readonly #children: readonly RowStream[];
  #at = 0;
  #opened = false;

  constructor(children: readonly RowStream[]) {
    this.#children = children;
  }

  open(): void {
    this.#at = 0;
    this.#opened = false;
  }

  next(): RowValues | null {
    for (;;) {
      const child = this.#children[this.#at];
      if (child === undefined) {
        return null;
      }
      if (!this.#opened) {
        child.open();
        this.#opened = true;
      }
      const row = child.next();
      if (row !== null) {
        return row;
      }
      this.#at += 1;
      this.#opened = false;
    }
  }
}

/** INTERSECT and EXCEPT, each with ALL or without. */
export interface SetOperationKind {
  readonly operation: "intersect" | "except";
  readonly all: boolean;
  /** Of the columns. */
  readonly types: readonly SqlType[];
}

/** nodeSetOp.c: how often a row comes depends on how often each side has it. */
export class SetOperation implements RowStream {
  readonly #left: RowStream;
  readonly #right: RowStream;
  readonly #kind: SetOperationKind;
  readonly #counts = new Map<HashKey | null, number>();
  /** The rows of the left side, which is read first and to its end. */
  readonly #rows: RowValues[] = [];
  #given = 0;
  #place: "left" | "right" | "giving" = "left";

  constructor(left: RowStream, right: RowStream, kind: SetOperationKind) {
    this.#left = left;
    this.#right = right;
    this.#kind = kind;
  }

  open(): void {
    this.#counts.clear();
    this.#rows.length = 0;
    this.#given = 0;
    this.#place = "left";
    this.#left.open();
  }

  next(): RowValues | null {
    const counts = this.#counts;
    if (this.#place === "left") {
      for (let row = this.#left.next(); row !== null; row = this.#left.next()) {
        this.#rows.push(row);
      }
      this.#right.open();
      this.#place = "right";
    }
    if (this.#place === "right") {
      for (let row = this.#right.next(); row !== null; row = this.#right.next()) {
        const key = groupKeyOf(this.#kind.types, row);
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      this.#place = "giving";
    }
    for (let row = this.#rows[this.#given]; row !== undefined; row = this.#rows[this.#given]) {
      this.#given += 1;
      if (this.#takes(groupKeyOf(this.#kind.types, row))) {
        return row;
      }
    }
    return null;
  }

  #takes(key: HashKey | null): boolean {
    const { operation, all } = this.#kind;
    const counts = this.#counts;
    const others = counts.get(key) ?? 0;
    if (operation === "intersect") {
      // Without ALL a row that was given once is out.
      counts.set(key, all ? others - 1 : 0);
      return others > 0;
    }
    if (others > 0) {
      if (all) {
        counts.set(key, others - 1);
      }
      return false;
    }
    if (!all) {
      counts.set(key, 1);
    }
    return true;
  }
}
