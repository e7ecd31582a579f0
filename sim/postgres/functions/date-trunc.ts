import { PostgresError } from "../ground/postgres-error.ts";
import { dateOf, daysOf, momentOf, timestampOf, weekdayOf } from "../types/calendar.ts";
import { Interval } from "../types/interval.ts";
import { canonical, type Whole } from "../types/whole.ts";
import { unitOf, unknownUnit, unsupported } from "./date-part.ts";

/** Microseconds of the units of the clock. */
const CLOCK: ReadonlyMap<string, number> = new Map([
  ["microsecond", 1],
  ["millisecond", 1000],
  ["second", 1_000_000],
  ["minute", 60_000_000],
  ["hour", 3_600_000_000],
]);

/** date_trunc of a timestamp. @throws PostgresError 22023, 0A000 for what is no such unit */
export function truncateMoment(word: string, value: Whole): Whole {
  const unit = unitOf(word);
  if (unit === undefined) {
    throw unknownUnit("timestamp", word);
  }
  if (value === Infinity || value === -Infinity) {
    return value;
  }
  const { days, micros } = momentOf(value);
  const size = CLOCK.get(unit);
  if (size !== undefined) {
    return timestampOf(days, micros - (micros % size));
  }
  return timestampOf(firstDayOf(unit, days) ?? unsupported("timestamp", word), 0);
}

function firstDayOf(unit: string, days: number): number | undefined {
  const { year, month } = dateOf(days);
  switch (unit) {
    case "day":
      return days;
    case "week":
      return days - ((weekdayOf(days) + 6) % 7);
    case "month":
      return daysOf(year, month, 1);
    case "quarter":
      return daysOf(year, Math.floor((month - 1) / 3) * 3 + 1, 1);
    case "year":
      return daysOf(year, 1, 1);
    case "decade":
      return daysOf(
        year > 0 ? Math.trunc(year / 10) * 10 : -Math.trunc((8 - (year - 1)) / 10) * 10,
        1,
        1,
      );
    case "century":
      return daysOf(firstYearOf(year, 100), 1, 1);
    case "millennium":
      return daysOf(firstYearOf(year, 1000), 1, 1);
    default:
      return undefined;
  }
}

function firstYearOf(year: number, size: number): number {
  return year > 0
    ? Math.trunc((year + size - 1) / size) * size - (size - 1)
    : -Math.trunc((size - 1 - (year - 1)) / size) * size + 1;
}

/** date_trunc of an interval. @throws PostgresError 22023, 0A000 */
export function truncateInterval(word: string, { months, days, micros }: Interval): Interval {
  const unit = unitOf(word);
  if (unit === undefined) {
    throw unknownUnit("interval", word);
  }
  const size = CLOCK.get(unit);
  if (size !== undefined) {
    return new Interval(months, days, canonical(BigInt(micros) - (BigInt(micros) % BigInt(size))));
  }
  const inMonths = new Map([
    ["month", 1],
    ["quarter", 3],
    ["year", 12],
    ["decade", 120],
    ["century", 1200],
    ["millennium", 12_000],
  ]).get(unit);
  if (unit === "day") {
    return new Interval(months, days, 0);
  }
  if (inMonths === undefined) {
    const detail = unit === "week" ? "Months usually have fractional weeks." : undefined;
    const message = `unit "${word.toLowerCase()}" not supported for type interval`;
    throw new PostgresError("0A000", message, detail === undefined ? {} : { detail });
  }
  return new Interval(months - (months % inMonths), 0, 0);
}
