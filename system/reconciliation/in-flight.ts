/**
 * How long payments were under way, as counts in buckets whose bounds grow by a fifth: a share of
 * them is told with an error below a fifth, in memory that does not grow with their number.
 */
export interface InFlight {
  /** From acceptance to the verdict, in milliseconds. */
  add(durationMs: number): void;
  summary(): InFlightSummary | null;
}

/** Milliseconds; each share is the upper bound of its bucket. */
export interface InFlightSummary {
  readonly count: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const GROWTH_PERCENT = 120;

export function createInFlight(): InFlight {
  const bounds = [1];
  const counts: number[] = [];
  let count = 0;
  let maxMs = 0;
  const boundAt = (share: number): number => {
    let left = Math.ceil(count * share);
    for (const [at, inBucket] of counts.entries()) {
      left -= inBucket ?? 0;
      if (left <= 0) {
        return Math.min(bounds[at] ?? maxMs, maxMs);
      }
    }
    return maxMs;
  };
  return {
    add(durationMs) {
      let at = bounds.findIndex((bound) => durationMs <= bound);
      while (at < 0) {
        const last = bounds.at(-1) ?? 1;
        bounds.push(Math.max(last + 1, Math.floor((last * GROWTH_PERCENT) / 100)));
        at = bounds.findIndex((bound) => durationMs <= bound);
      }
      while (counts.length <= at) {
        counts.push(0);
      }
      counts[at] = (counts[at] ?? 0) + 1;
      count += 1;
      maxMs = Math.max(maxMs, durationMs);
    },
    summary: () =>
      count === 0
        ? null
        : { count, p50Ms: boundAt(0.5), p90Ms: boundAt(0.9), p99Ms: boundAt(0.99), maxMs },
  };
}
