import { counted, durationInWords, groupedNumber } from "../reports/words/number-words.ts";
import type { SweepProgress } from "../scenarios/sweeps/sweep-request.ts";

const DAY_MS = 86_400_000;

/** How far a sweep is, on one line. */
export function describeProgress(
  { kind, done }: SweepProgress,
  /** How many seeds are to be run; null for as many as there is time for. */
  total: number | null,
  elapsedMs: number,
): string {
  if (kind === "shrink") {
    return `a promise broke; making the case smaller, ${counted(done, "variant")} tried`;
  }
  const perSecond = (done * 1_000) / Math.max(1, elapsedMs);
  if (total === null) {
    return `${counted(done, "seed")}, ${perSecond.toFixed(1)} a second`;
  }
  const leftMs = ((total - done) * 1_000) / perSecond;
  return `${groupedNumber(done)} of ${counted(total, "seed")}, ${perSecond.toFixed(1)} a second, ${left(leftMs)}`;
}

/** Nobody waits to the second for what takes a day. */
function left(leftMs: number): string {
  if (leftMs > DAY_MS) {
    return "more than a day left";
  }
  return leftMs <= 0
    ? "nothing left"
    : `about ${durationInWords(Math.ceil(leftMs / 1_000) * 1_000)} left`;
}
