/** A whole number with its digits in threes, as in `4 210`. `gap` stands between the groups. */
export function groupedNumber(value: number, gap = " "): string {
  return String(value).replace(/\B(?=(\d{3})+$)/gu, gap);
}

/** A number with its noun, as in `1 crash` and `4 210 crashes`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${groupedNumber(value)} ${value === 1 ? one : many}`;
}

/**
 * A length of time in the largest two units that it fills, as in `1 h 12 min`, `38.2 s`, `421 ms`.
 */
export function durationInWords(durationMs: number): string {
  if (durationMs < 1_000) {
    return `${groupedNumber(durationMs)} ms`;
  }
  const seconds = Math.round(durationMs / 1_000);
  if (seconds < 120) {
    return `${Math.floor(durationMs / 100) / 10} s`;
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    return twoUnits([minutes, "min"], [seconds % 60, "s"]);
  }
  return twoUnits([Math.floor(minutes / 60), "h"], [minutes % 60, "min"]);
}

type Amount = readonly [value: number, unit: string];

function twoUnits([large, largeUnit]: Amount, [small, smallUnit]: Amount): string {
  const whole = `${groupedNumber(large)} ${largeUnit}`;
  return small === 0 ? whole : `${whole} ${small} ${smallUnit}`;
}
