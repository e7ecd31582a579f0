import type { RandomStream } from "../kernel/random.ts";

/** Messages that take from `minUs` to `maxUs` microseconds, both included, all equally often. */
export interface LatencyBand {
  /** How often this band is drawn, beside the weights of the others. */
  readonly weight: number;
  readonly minUs: number;
  readonly maxUs: number;
}

/**
 * How long messages travel, in whole microseconds: bands that are drawn by their weights. So any
 * shape can be said, a long tail too, without a logarithm, which not every engine rounds alike.
 */
export type Latency = readonly [LatencyBand, ...LatencyBand[]];

/** A quiet local network. */
export const LOCAL_LATENCY: Latency = [{ weight: 1, minUs: 200, maxUs: 800 }];

/** A network under load: mostly quick, and now and then a message takes a hundred times as long. */
export const LONG_TAILED_LATENCY: Latency = [
  { weight: 900, minUs: 200, maxUs: 800 },
  { weight: 90, minUs: 800, maxUs: 8_000 },
  { weight: 10, minUs: 8_000, maxUs: 80_000 },
];

/** @throws RangeError when a band is empty or not of whole numbers from 0 on */
export function demandLatency(latency: Latency): Latency {
  for (const { weight, minUs, maxUs } of latency) {
    const isWhole = [weight, minUs, maxUs].every((value) => Number.isSafeInteger(value));
    if (!isWhole || weight < 1 || minUs < 0 || maxUs < minUs) {
      throw new RangeError(
        `a latency band has whole numbers, a weight from 1 on and bounds in order from 0 on, not ${JSON.stringify({ weight, minUs, maxUs })}`,
      );
    }
  }
  return latency;
}

/** One travel time. */
export function drawLatency(latency: Latency, stream: RandomStream): number {
  const [first] = latency;
  if (latency.length === 1) {
    return stream.integer(first.minUs, first.maxUs);
  }
  let left = stream.integer(
    1,
    latency.reduce((sum, { weight }) => sum + weight, 0),
  );
  for (const { weight, minUs, maxUs } of latency) {
    left -= weight;
    if (left <= 0) {
      return stream.integer(minUs, maxUs);
    }
  }
  throw new RangeError("a latency has no band for its own weight");
}
