import type { Frame } from "../expressions/frame.ts";
import type { RowStream } from "../operators/operator.ts";
import type { Conjunct } from "./conjunct.ts";
import type { Site, TableUse } from "./statement-context.ts";

/** Builds what gives the rows of a sub-select, of VALUES, of a WITH query or of a function. */
export type BuildStream = (site: Site, frame: Frame) => RowStream;

/** What stands in FROM: tables and streams, joined. */
export type FromItem =
  | {
      readonly kind: "table";
      readonly source: number;
      readonly use: TableUse;
    }
  | {
      readonly kind: "stream";
      readonly source: number;
      readonly build: BuildStream;
      /** The sources that its rows depend on, as bits: LATERAL, or a query around. */
      readonly needs: number;
    }
  | {
      readonly kind: "join";
      readonly type: "left" | "full";
      readonly left: FromGroup;
      readonly right: FromGroup;
      readonly on: readonly Conjunct[];
    };

/** Items that are joined by inner joins, in any order, and the conditions of those joins. */
export interface FromGroup {
  readonly items: readonly FromItem[];
  readonly conjuncts: readonly Conjunct[];
}

/** The sources of an item, as bits. */
export function maskOf(item: FromItem): number {
  return item.kind === "join" ? maskOfGroup(item.left) | maskOfGroup(item.right) : 1 << item.source;
}

/** The sources of a group, as bits. */
export function maskOfGroup(group: FromGroup): number {
  return group.items.reduce((mask, item) => mask | maskOf(item), 0);
}

/** What has to be known before its rows are, as bits. */
export function needsOf(item: FromItem): number {
  if (item.kind === "table") {
    return 0;
  }
  if (item.kind === "stream") {
    return item.needs;
  }
  const conditions = [...item.on, ...item.left.conjuncts, ...item.right.conjuncts];
  const used = conditions.reduce((mask, { expression }) => mask | expression.sources, 0);
  const items = [...item.left.items, ...item.right.items];
  const needs = items.reduce((mask, one) => mask | needsOf(one), used);
  return needs & ~maskOf(item);
}

/** The sources that an outer join may have to leave out, as bits. */
export function nullableMaskOf(group: FromGroup): number {
  return group.items.reduce((mask, item) => {
    if (item.kind !== "join") {
      return mask;
    }
    const right = maskOfGroup(item.right);
    return item.type === "full"
      ? mask | maskOfGroup(item.left) | right
      : mask | nullableMaskOf(item.left) | right;
  }, 0);
}

/** The places of the bits. */
export function sourcesOf(mask: number): number[] {
  const sources: number[] = [];
  for (let source = 0; source < 30; source += 1) {
    if (((mask >> source) & 1) === 1) {
      sources.push(source);
    }
  }
  return sources;
}
