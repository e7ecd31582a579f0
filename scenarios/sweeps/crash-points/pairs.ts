import type { ReachedEffects } from "../../world.ts";
import { waysAt, pointsOf, type CrashPoint, type EffectRange, type Way } from "./points.ts";

/** A point, and one that its run came to after it had struck. */
export type PointPair = readonly [first: CrashPoint, second: CrashPoint];

/**
 * Every pair that there is: a crash and another one, or a crash and a lost reply, in either order.
 * The second is at an effect that the run with the first came to from its strike on, those of
 * processes that had started again included.
 */
export interface PairSpace {
  /** What the run with a point alone came to. */
  add(first: CrashPoint, places: readonly ReachedEffects[]): void;
  /** How many pairs there are. */
  size(): number;
  /** The pair of that number, from 0 on. @throws RangeError when there is none */
  at(index: number): PointPair;
}

export function createPairSpace(): PairSpace {
  const entries: Entry[] = [];
  // Runs come to the same places: their names are kept once.
  const names = new Map<string, string>();
  const nameOf = (place: string): string => {
    const known = names.get(place) ?? place;
    names.set(known, known);
    return known;
  };
  let size = 0;
  return {
    add(first, places) {
      const ranges = places
        .filter(({ times, beforeStrike }) => times > beforeStrike)
        .map(({ place, times, beforeStrike }) => {
          return { place: nameOf(place), first: beforeStrike + 1, last: times };
        });
      const count = ranges.reduce((sum, range) => sum + countOf(range, first.way), 0);
      entries.push({ first, ranges, begin: size });
      size += count;
    },
    size: () => size,
    at(index) {
      const entry = entries[lastBegunAt(entries, index)];
      const second = entry === undefined ? undefined : secondAt(entry, index - entry.begin);
      if (entry === undefined || second === undefined) {
        throw new RangeError(`there is no pair ${index} of ${size}`);
      }
      return [entry.first, second];
    },
  };
}

interface Entry {
  readonly first: CrashPoint;
  readonly ranges: readonly EffectRange[];
  /** The number of its first pair. */
  readonly begin: number;
}

/** Two lost replies are no pair. */
function secondWays(place: string, first: Way): readonly Way[] {
  return waysAt(place).filter((way) => first !== "lost-reply" || way !== "lost-reply");
}

function countOf({ place, first, last }: EffectRange, way: Way): number {
  return (last - first + 1) * secondWays(place, way).length;
}

function secondAt({ first, ranges }: Entry, index: number): CrashPoint | undefined {
  let left = index;
  for (const range of ranges) {
    const count = countOf(range, first.way);
    if (left < count) {
      const ways = secondWays(range.place, first.way);
      const ordinal = range.first + Math.floor(left / ways.length);
      const [point] = pointsOf([{ ...range, first: ordinal, last: ordinal }]);
      const way = ways[left % ways.length];
      return point === undefined || way === undefined ? undefined : { ...point, way };
    }
    left -= count;
  }
  return undefined;
}

/** The last entry that begins at the index or before it and has a pair. */
function lastBegunAt(entries: readonly Entry[], index: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((entries[middle]?.begin ?? 0) <= index) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}

/**
 * Every whole number below a size, each once, in an order of the seed in which any beginning is
 * spread over all of them: steps of a golden section of the size (Weyl, 1916).
 */
export function* spreadOver(size: number, seed: number): Generator<number> {
  if (size === 0) {
    return;
  }
  const whole = BigInt(size);
  let step = BigInt(Math.max(1, Math.round(size * GOLDEN_SECTION)));
  while (greatestCommonDivisor(step, whole) !== 1n) {
    step += 1n;
  }
  let at = (BigInt(seed) * BIG_PRIME) % whole;
  for (let count = 0; count < size; count += 1) {
    yield Number(at);
    at = (at + step) % whole;
  }
}

const GOLDEN_SECTION = (Math.sqrt(5) - 1) / 2;

/** Seeds next to each other begin far apart. */
const BIG_PRIME = 2_147_483_647n;

function greatestCommonDivisor(one: bigint, other: bigint): bigint {
  return other === 0n ? one : greatestCommonDivisor(other, one % other);
}
