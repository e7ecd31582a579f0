import type { Frame } from "../expressions/frame.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { Filtered } from "../operators/filtered.ts";
import { FullJoin } from "../operators/full-join.ts";
import { Gate } from "../operators/gate.ts";
import { HashedRelation, type HashKeys } from "../operators/hashed-relation.ts";
import { NestedLoop } from "../operators/nested-loop.ts";
import type { Operator } from "../operators/operator.ts";
import { ResultRow } from "../operators/result-row.ts";
import { StreamScan } from "../operators/stream-scan.ts";
import { type AccessPath, chooseAccessPath, scanAlong, type WantedOrder } from "./access-path.ts";
import { conditionOf, type Conjunct, isEquation, isGate, isShut } from "./conjunct.ts";
import {
  type FromGroup,
  type FromItem,
  maskOf,
  maskOfGroup,
  needsOf,
  sourcesOf,
} from "./from-item.ts";
import { keysFor, orderItems } from "./join-order.ts";
import { AROUND } from "./query-scope.ts";
import { type Site, tableAt, tableOf } from "./statement-context.ts";

/** Builds the operators of a part of a query, in the frame of its level. */
export type BuildOperator = (site: Site, frame: Frame) => Operator;

/** A part of FROM as it will be run. */
interface PlannedPart {
  readonly build: BuildOperator;
  /** Conditions that are left to be checked above it. */
  readonly residual: readonly Conjunct[];
  readonly ordered: boolean;
}

/** FROM and WHERE as they will be run. */
export interface PlannedFrom {
  readonly build: BuildOperator;
  /** Whether the rows come in the order that was wanted. */
  readonly ordered: boolean;
}

/**
 * Plans FROM and WHERE. What is joined by inner joins is ordered by the best index; what has to be
 * looked for without one is hashed.
 */
export function planFrom(
  group: FromGroup,
  where: readonly Conjunct[],
  wantedOrder: readonly WantedOrder[] | null,
): PlannedFrom {
  if (group.items.length === 0) {
    const filter = conditionOf(where);
    return { build: (_, frame) => new ResultRow(frame, filter), ordered: false };
  }
  const [item, second] = group.items;
  const alone = second === undefined && item?.kind === "table";
  const gates = [...group.conjuncts, ...where].filter(isGate);
  if (gates.some(isShut)) {
    return { build: (_, frame) => new ResultRow(frame, () => false), ordered: false };
  }
  const { items } = group;
  const conjuncts = group.conjuncts.filter((one) => !isGate(one));
  const above = where.filter((one) => !isGate(one));
  const part = planGroup({ items, conjuncts }, above, AROUND, alone ? wantedOrder : null);
  return { build: gated(filtered(part), gates), ordered: part.ordered };
}

function gated(build: BuildOperator, gates: readonly Conjunct[]): BuildOperator {
  if (gates.length === 0) {
    return build;
  }
  const condition = conditionOf(gates);
  return (site, frame) => new Gate(frame, build(site, frame), condition);
}

function planGroup(
  group: FromGroup,
  above: readonly Conjunct[],
  bound: number,
  wantedOrder: readonly WantedOrder[] | null,
): PlannedPart {
  const pending = new Set([...group.conjuncts, ...above]);
  const items = orderItems(group.items, [...pending], bound | AROUND);
  let known = bound | AROUND;
  let before: { readonly build: BuildOperator } | null = null;
  let part: PlannedPart | null = null;
  for (const [at, item] of items.entries()) {
    const next = known | maskOf(item);
    const now = [...pending].filter(({ expression }) => (expression.sources & ~next) === 0);
    for (const one of now) {
      pending.delete(one);
    }
    const first = before === null && bound === AROUND;
    const planned = planItem(item, now, known, { first, wantedOrder });
    part = before === null ? planned : joined(before.build, item, planned);
    before = { build: part.build };
    if (at + 1 < items.length && part.residual.length > 0) {
      part = { build: filtered(part), residual: [], ordered: false };
      before = part;
    }
    known = next;
  }
  if (part === null) {
    throw new Error("a group of FROM has no items");
  }
  return part;
}

function planItem(
  item: FromItem,
  conjuncts: readonly Conjunct[],
  known: number,
  place: { readonly first: boolean; readonly wantedOrder: readonly WantedOrder[] | null },
): PlannedPart {
  const mask = maskOf(item);
  const local = conjuncts.filter(({ expression }) => (expression.sources & ~mask) === 0);
  const residual = conjuncts.filter((one) => !local.includes(one));
  const keys = keysFor(mask, residual, known);
  switch (item.kind) {
    case "table": {
      const table = tableOf(item.use);
      const { source } = item;
      const path = chooseAccessPath({
        table,
        source,
        bound: known,
        conjuncts,
        wantedOrder: place.wantedOrder,
      });
      const scansAnyway = place.first && keys.stored.length === 0;
      if (scansAnyway || path.prefix.length > 0) {
        return { ...planScan(item, path, conjuncts), residual: [] };
      }
      const ownPath = chooseAccessPath({
        table,
        source,
        bound: 0,
        conjuncts: local,
        wantedOrder: null,
      });
      return hashed(planScan(item, ownPath, local), item, keys, residual);
    }
    case "stream": {
      const { source, build } = item;
      const scan = (filters: readonly Conjunct[]): PlannedPart => {
        const filter = conditionOf(filters);
        return {
          build: (site, frame) => new StreamScan(frame, source, build(site, frame), filter),
          residual: [],
          ordered: false,
        };
      };
      if (item.needs !== 0 || (place.first && keys.stored.length === 0)) {
        return scan(conjuncts);
      }
      return hashed(scan(local), item, keys, residual);
    }
    case "join": {
      if (place.first) {
        return planOuterJoin(item, conjuncts, known);
      }
      if ((needsOf(item) & ~AROUND) !== 0) {
        return planOuterJoin(item, conjuncts, known);
      }
      return hashed(planOuterJoin(item, local, 0), item, keys, residual);
    }
  }
}

function planScan(
  item: Extract<FromItem, { kind: "table" }>,
  path: AccessPath,
  filters: readonly Conjunct[],
): PlannedPart {
  const { source } = item;
  const { at } = item.use;
  const filter = conditionOf(filters);
  return {
    build: (site, frame) => scanAlong(path, { frame, source, table: tableAt(site, at), filter }),
    residual: [],
    ordered: path.ordered,
  };
}

function planOuterJoin(
  item: Extract<FromItem, { kind: "join" }>,
  conjuncts: readonly Conjunct[],
  known: number,
): PlannedPart {
  const leftMask = maskOfGroup(item.left);
  const rightSources = sourcesOf(maskOfGroup(item.right));
  if (item.type === "full") {
    return planFullJoin(item, conjuncts, known);
  }
  // WHERE may be checked early on the side that is kept, and only there.
  const early = conjuncts.filter(
    ({ expression }) => (expression.sources & ~(leftMask | known)) === 0,
  );
  const late = conjuncts.filter((one) => !early.includes(one));
  const left = filtered(planGroup(item.left, early, known, null));
  const right = planGroup(item.right, item.on, known | leftMask, null);
  const on = conditionOf(right.residual);
  const filter = conditionOf(late);
  const isNeverMet = item.on.some(isShut);
  // Where ON cannot hold, the right side is not run at all.
  const buildRight: BuildOperator = isNeverMet
    ? (_, frame) => new ResultRow(frame, () => false)
    : gated(right.build, item.on.filter(isGate));
  return {
    build: (site, frame) => {
      const sides = { left: left(site, frame), right: buildRight(site, frame) };
      return new NestedLoop({ frame, ...sides, rightSources, on, filter }, true);
    },
    residual: [],
    ordered: false,
  };
}

function planFullJoin(
  item: Extract<FromItem, { kind: "join" }>,
  conjuncts: readonly Conjunct[],
  known: number,
): PlannedPart {
  const [leftMask, rightMask] = [maskOfGroup(item.left), maskOfGroup(item.right)];
  const keys = keysFor(rightMask, item.on, leftMask);
  const isConstant = item.on.every(isGate);
  const joins = ({ expression: { sources } }: Conjunct): boolean =>
    (sources & leftMask) !== 0 && (sources & rightMask) !== 0;
  const isJoined = item.on.some((one) => isEquation(one) && joins(one));
  if (!isConstant && !isJoined) {
    const message =
      "FULL JOIN is only supported with merge-joinable or hash-joinable join conditions";
    throw new PostgresError("0A000", message);
  }
  const left = filtered(planGroup(item.left, [], known, null));
  const right = filtered(planGroup(item.right, [], known, null));
  const [on, filter] = [conditionOf(item.on), conditionOf(conjuncts)];
  const [leftSources, rightSources] = [sourcesOf(leftMask), sourcesOf(rightMask)];
  return {
    build: (site, frame) => {
      const sides = { left: left(site, frame), right: right(site, frame) };
      return new FullJoin({ frame, ...sides, rightSources, on, filter }, leftSources, keys);
    },
    residual: [],
    ordered: false,
  };
}

function joined(left: BuildOperator, item: FromItem, right: PlannedPart): PlannedPart {
  const on = conditionOf(right.residual);
  const filter = conditionOf([]);
  const rightSources = sourcesOf(maskOf(item));
  return {
    build: (site, frame) => {
      const sides = { left: left(site, frame), right: right.build(site, frame) };
      return new NestedLoop({ frame, ...sides, rightSources, on, filter }, false);
    },
    residual: [],
    ordered: false,
  };
}

function hashed(
  part: PlannedPart,
  item: FromItem,
  keys: HashKeys,
  residual: readonly Conjunct[],
): PlannedPart {
  const sources = sourcesOf(maskOf(item));
  const build = filtered(part);
  return {
    build: (site, frame) => new HashedRelation(frame, build(site, frame), sources, keys),
    residual,
    ordered: false,
  };
}

function filtered({ build, residual }: PlannedPart): BuildOperator {
  if (residual.length === 0) {
    return build;
  }
  const filter = conditionOf(residual);
  return (site, frame) => new Filtered(frame, build(site, frame), filter);
}
