import type { TypedValue } from "../operators/hash-key.ts";
import type { HashKeys } from "../operators/hashed-relation.ts";
import { type AccessPath, chooseAccessPath } from "./access-path.ts";
import type { Conjunct } from "./conjunct.ts";
import { type FromItem, maskOf, needsOf } from "./from-item.ts";
import { tableOf } from "./statement-context.ts";

/**
 * Guesses, for a plan is shared by engines whose tables hold more rows or fewer. What matters is
 * their order: a look-up by a key beats everything, a small sub-select goes before a table.
 */
const TABLE_ROWS = 1000;
const STREAM_ROWS = 100;
const PREFIX_ROWS = 10;
const LOOK_UP_COST = 3;
const FILTERED_PART = 0.3;

interface Estimate {
  /** Paid once, and for each row of what was joined before. */
  readonly once: number;
  readonly each: number;
  /** For each row of what was joined before. */
  readonly rows: number;
}

/** The items in the order in which joining them is guessed to cost least. */
export function orderItems(
  items: readonly FromItem[],
  conjuncts: readonly Conjunct[],
  known: number,
): readonly FromItem[] {
  if (items.length < 2) {
    return items;
  }
  let best: readonly FromItem[] | undefined;
  let bestCost = Infinity;
  for (const first of items) {
    const order = orderFrom(first, items, conjuncts, known);
    if (order !== undefined && order.cost < bestCost) {
      best = order.items;
      bestCost = order.cost;
    }
  }
  if (best === undefined) {
    throw new Error("the entries of FROM depend on one another in a circle");
  }
  return best;
}

/** Greedy from that item on; undefined when it cannot be the first. */
function orderFrom(
  first: FromItem,
  items: readonly FromItem[],
  conjuncts: readonly Conjunct[],
  bound: number,
): { readonly items: readonly FromItem[]; readonly cost: number } | undefined {
  const order: FromItem[] = [];
  const left = [...items];
  let known = bound;
  let cost = 0;
  let rows = 1;
  while (left.length > 0) {
    let next: FromItem | undefined;
    let nextCost = Infinity;
    let nextRows = 1;
    for (const item of order.length === 0 ? [first] : left) {
      if ((needsOf(item) & ~known) !== 0) {
        continue;
      }
      const estimate = estimateOf(item, conjuncts, known, order.length === 0);
      const itemCost = estimate.once + rows * estimate.each;
      // Of two that cost the same the one that leaves fewer rows goes first.
      const isBetter = itemCost + rows * estimate.rows < nextCost + rows * nextRows;
      if (next === undefined || isBetter) {
        next = item;
        nextCost = itemCost;
        nextRows = estimate.rows;
      }
    }
    if (next === undefined) {
      return undefined;
    }
    order.push(next);
    left.splice(left.indexOf(next), 1);
    known |= maskOf(next);
    cost += nextCost;
    rows *= nextRows;
  }
  return { items: order, cost };
}

function estimateOf(
  item: FromItem,
  conjuncts: readonly Conjunct[],
  known: number,
  first: boolean,
): Estimate {
  const mask = maskOf(item);
  const filters = conjuncts.filter(({ expression: { sources } }) => (sources & ~mask) === 0);
  let all = item.kind === "stream" ? STREAM_ROWS : TABLE_ROWS;
  if (item.kind === "table") {
    const table = tableOf(item.use);
    const { source } = item;
    const path = chooseAccessPath({ table, source, bound: known, conjuncts, wantedOrder: null });
    if (path.prefix.length > 0) {
      const rows = rowsOn(path);
      return { once: 0, each: LOOK_UP_COST * rows, rows };
    }
    all = path.score > 0 ? TABLE_ROWS / 2 : TABLE_ROWS;
  }
  const rows = filters.length > 0 ? all * FILTERED_PART : all;
  if (first || needsOf(item) !== 0) {
    return { once: 0, each: all, rows };
  }
  const keys = keysFor(mask, conjuncts, known);
  return keys.stored.length > 0 ? { once: all, each: 1, rows: 1 } : { once: all, each: rows, rows };
}

function rowsOn({ whole, lastIsList }: AccessPath): number {
  return (whole ? 1 : PREFIX_ROWS) * (lastIsList ? 2 : 1);
}

/** The equations between the sources in `mask` and those that are known. */
export function keysFor(mask: number, conjuncts: readonly Conjunct[], known: number): HashKeys {
  const stored: TypedValue[] = [];
  const sought: TypedValue[] = [];
  for (const { expression } of conjuncts) {
    for (const { place, kind, value, type, sources } of expression.matches ?? []) {
      const { source, column } = place;
      if (kind !== "one" || ((1 << source) & mask) === 0 || (sources & ~known) !== 0) {
        continue;
      }
      stored.push({ evaluate: (frame) => frame.rows[source]?.[column] ?? null, type });
      sought.push({ evaluate: value, type });
      break;
    }
  }
  return { stored, sought };
}
