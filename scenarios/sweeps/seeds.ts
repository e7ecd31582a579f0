/** Seeds that are asked for, both ends included. */
export interface SeedRange {
  readonly first: number;
  readonly last: number;
}

/** One of `count` parts of the seeds; `index` is from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Random streams take a seed of 32 bits. */
export const SEED_MAX = 4_294_967_295;

/**
 * The seeds of a range in their order; of a shard, every `count`th of them, from the `index`th on,
 * so that what seeds cost is the same for all of them on average.
 */
export function* seedsOf({ first, last }: SeedRange, shard: Shard | null): Generator<number> {
  const { index, count } = shard ?? { index: 1, count: 1 };
  for (let seed = first + index - 1; seed <= last; seed += count) {
    yield seed;
  }
}

/** The seeds in their order, so many at once, and what is left. */
export function* inWindows(seeds: Iterable<number>, size: number): Generator<readonly number[]> {
  let window: number[] = [];
  for (const seed of seeds) {
    window.push(seed);
    if (window.length === size) {
      yield window;
      window = [];
    }
  }
  if (window.length > 0) {
    yield window;
  }
}
