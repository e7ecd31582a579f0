/** Runs of the first round, for each scenario: few, so that a short time comes to all of them. */
const FIRST_ROUND = 2;

const ROUND_MAX = 32;

/** The part of a round that is shared evenly: no scenario starves, and each can show more. */
const EVEN_SHARE = 1 / 4;

/** For each scenario on average, round by round: 2, 4, 8, 16, and 32 from then on. */
export function* roundSizes(): Generator<number> {
  for (let size = FIRST_ROUND; ; size = Math.min(2 * size, ROUND_MAX)) {
    yield size;
  }
}

/**
 * Shares the runs of a round, `size` for each on average: a quarter evenly, the rest in proportion
 * to what each found that was new in a run of its last round. Where none found anything, evenly.
 * What is left over goes to the largest remainders, of equal ones to the first.
 */
export function shareRuns(size: number, found: readonly number[]): readonly number[] {
  const all = size * found.length;
  const even = Math.max(1, Math.floor(size * EVEN_SHARE));
  const sum = found.reduce((total, each) => total + each, 0);
  const rest = all - even * found.length;
  const exact = found.map((each) => even + (sum === 0 ? rest / found.length : (rest * each) / sum));
  const whole = exact.map(Math.floor);
  const left = all - whole.reduce((total, each) => total + each, 0);
  const first = exact
    .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
    .toSorted((one, other) => other.remainder - one.remainder || one.index - other.index)
    .slice(0, left)
    .map(({ index }) => index);
  return whole.map((share, index) => share + (first.includes(index) ? 1 : 0));
}
