import seedrandom from "seedrandom";
import { RollingHash } from "./rolling-hash.ts";

/** One named sequence of whole-number draws. The n-th draw depends on the names and on n alone. */
export interface RandomStream {
  /** Every whole number from `min` to `max`, both included, equally often. */
  integer(min: number, max: number): number;
  /** One of the list's items; the list must not be empty. */
  pick<T>(list: readonly T[]): T;
  /** True `numerator` times out of `denominator` on average. */
  chance(numerator: number, denominator: number): boolean;
}

/**
 * All randomness of a run. A stream is named by what it is for (`network.latency`) and by whom it
 * concerns (`payment-1/kafka#2`): when one consumer goes away, every other draws what it drew
 * before, which is what lets a failing case shrink.
 */
export class Random {
  readonly #seed: string;
  readonly #streams = new Map<string, Map<string, RandomStream>>();

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** The sequence of that name: asked for twice, it goes on where it was. */
  stream(purpose: string, entity = ""): RandomStream {
    let byEntity = this.#streams.get(purpose);
    if (byEntity === undefined) {
      this.#streams.set(purpose, (byEntity = new Map<string, RandomStream>()));
    }
    let stream = byEntity.get(entity);
    if (stream === undefined) {
      byEntity.set(entity, (stream = this.#create([purpose, entity])));
    }
    return stream;
  }

  /**
   * A sequence of its own for one occasion: the same names and ordinal always give the same draws.
   */
  draw(purpose: string, entity: string, ordinal: number): RandomStream {
    return this.#create([purpose, entity, String(ordinal)]);
  }

  #create(names: readonly string[]): RandomStream {
    // Alea started from neighbouring seeds gives sequences that look alike, so it never sees a raw
    // seed.
    const hash = new RollingHash();
    hash.addText(this.#seed);
    for (const name of names) {
      hash.addText(name);
    }
    const generator = seedrandom.alea(hash.digest());
    // Alea's fractions have 32 bits, so this is a whole number, and exactly.
    return createStream(() => generator() * WORD_COUNT);
  }
}

const WORD_COUNT = 0x1_0000_0000;

/** As many as there may be for the product of a word and their number to be exact. */
const NARROW_COUNT_MAX = 0x20_0000;

/** `nextWord` gives any whole number of 32 bits, from 0 on. */
function createStream(nextWord: () => number): RandomStream {
  // Most streams draw from one range over and over.
  let lastCount = 0;
  let lastUnfair = 0;

  /**
   * From 0 on, below `count` (Lemire, "Fast random integer generation in an interval", 2019): the
   * upper half of a product, since a remainder of numbers this wide costs more than all the rest.
   */
  function narrowBelow(count: number): number {
    if (count !== lastCount) {
      lastCount = count;
      // What remains of 2^32, in whole numbers of 32 bits.
      lastUnfair = (-count >>> 0) % (count >>> 0);
    }
    for (;;) {
      const product = nextWord() * count;
      const upper = (product / WORD_COUNT) | 0;
      // Some words are over when all are dealt out evenly: draw again.
      if (product - upper * WORD_COUNT >= lastUnfair) {
        return upper;
      }
    }
  }

  function integer(min: number, max: number): number {
    if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || min > max) {
      throw new RangeError(`a draw needs whole bounds in order, not ${min} to ${max}`);
    }
    const count = max - min + 1;
    return min + (count > NARROW_COUNT_MAX ? wideBelow(count, nextWord) : narrowBelow(count));
  }
  return {
    integer,
    pick<T>(list: readonly T[]): T {
      const index = integer(0, list.length - 1);
      for (const item of list.slice(index, index + 1)) {
        return item;
      }
      throw new RangeError("a draw from an empty list");
    },
    chance(numerator, denominator) {
      return integer(1, denominator) <= numerator;
    },
  };
}

function wideBelow(count: number, nextWord: () => number): number {
  if (!Number.isSafeInteger(count)) {
    throw new RangeError(`a draw from ${count} numbers: a range has at most 2^53 - 1`);
  }
  const total = Number.MAX_SAFE_INTEGER;
  const limit = total - (total % count);
  for (;;) {
    const value = Math.floor(nextWord() / 2_048) * WORD_COUNT + nextWord();
    if (value < limit) {
      return value % count;
    }
  }
}
