import { NotSimulated } from "../../kernel/not-simulated.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { interval } from "../types/behaviour.ts";
import { type CivilDate, dateOf, DAY, daysOf, momentOf, weekdayOf } from "../types/calendar.ts";
import type { Datum } from "../types/datum.ts";
import { Numeric, numericOf } from "../types/numeric.ts";
import { num, whole, type Whole } from "../types/whole.ts";

/** Days from 1970-01-01 to 2000-01-01, and back to the first Julian day. */
const EPOCH_DAYS = 10_957;
const JULIAN_OF_2000 = 2_451_545;

const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    microsecond: "microseconds msec_us us usec usecs usecond useconds microsec microsecs",
    millisecond: "milliseconds ms msec msecs mseconds msecond millisec millisecs",
    second: "seconds s sec secs",
    minute: "minutes m min mins",
    hour: "hours h hr hrs",
    day: "days d",
    week: "weeks w",
    month: "months mon mons",
    quarter: "qtr",
    year: "years y yr yrs",
    decade: "decades dec decs",
    century: "centuries c cent",
    millennium: "millennia mil mils",
    dow: "",
    isodow: "",
    doy: "",
    isoyear: "",
    epoch: "",
    julian: "",
    timezone: "",
    timezone_hour: "",
    timezone_minute: "",
  }).flatMap(([unit, names]) =>
    [unit, ...names.split(" ")].map((name): [string, string] => [name, unit]),
  ),
);

/** The unit that a word stands for, in any of its forms; undefined for none. */
export function unitOf(word: string): string | undefined {
  return ALIASES.get(word.toLowerCase());
}

/**
 * EXTRACT: as a numeric, with as many digits as PostgreSQL shows.
 *
 * @param type `date`, `time`, `timestamp`, `timestamptz` or `interval`
 */
export function part(type: string, word: string, value: Datum): Datum {
  const unit = unitOf(word);
  if (unit === undefined) {
    throw unknownUnit(type, word);
  }
  if (type === "interval") {
    return partOfInterval(unit, word, value);
  }
  if (type === "time") {
    return (
      partOfClock(unit, num(value)) ??
      (unit === "epoch" ? micros(num(value), 6) : unsupported(type, word))
    );
  }
  if (type === "date") {
    return partOfDate(unit, word, num(value));
  }
  return partOfTimestamp(type, unit, word, whole(value));
}

function partOfDate(unit: string, word: string, days: number): Datum {
  if (days === Infinity || days === -Infinity) {
    return partOfInfinity("date", unit, word, days);
  }
  switch (unit) {
    case "epoch":
      return numericOf((days + EPOCH_DAYS) * 86_400);
    case "julian":
      return numericOf(days + JULIAN_OF_2000);
    default:
      return numericOfPart(partOfCalendar(unit, days) ?? unsupported("date", word));
  }
}

function partOfTimestamp(type: string, unit: string, word: string, value: Whole): Datum {
  if (value === Infinity || value === -Infinity) {
    return partOfInfinity(type, unit, word, Number(value));
  }
  const { days, micros: clock } = momentOf(value);
  if (unit === "epoch") {
    return new Numeric(BigInt(value) + BigInt(EPOCH_DAYS) * BigInt(DAY), 6);
  }
  if (unit === "julian") {
    return julianOf(days, clock);
  }
  if (type === "timestamptz" && unit.startsWith("timezone")) {
    return numericOf(0);
  }
  const ofClock = partOfClock(unit, clock);
  return ofClock ?? numericOfPart(partOfCalendar(unit, days) ?? unsupported(type, word));
}

function julianOf(days: number, clock: number): Datum {
  if (clock === 0) {
    throw new NotSimulated("extract(julian) of a timestamp");
  }
  throw new NotSimulated(`extract(julian) of a timestamp on day ${days}`);
}

function partOfClock(unit: string, clock: number): Numeric | undefined {
  switch (unit) {
    case "microsecond":
      return numericOf(clock % 60_000_000);
    case "millisecond":
      return micros(clock % 60_000_000, 3);
    case "second":
      return micros(clock % 60_000_000, 6);
    case "minute":
      return numericOf(Math.floor(clock / 60_000_000) % 60);
    case "hour":
      return numericOf(Math.floor(clock / 3_600_000_000));
    default:
      return undefined;
  }
}

function micros(value: number, scale: number): Numeric {
  return new Numeric(BigInt(value), scale);
}

function numericOfPart(value: number): Numeric {
  return numericOf(value);
}

function partOfCalendar(unit: string, days: number): number | undefined {
  const date = dateOf(days);
  switch (unit) {
    case "day":
      return date.day;
    case "month":
      return date.month;
    case "quarter":
      return Math.floor((date.month - 1) / 3) + 1;
    case "week":
      return weekOf(days);
    case "isoyear": {
      const year = isoYearOf(days);
      return year > 0 ? year : year - 1;
    }
    case "dow":
      return weekdayOf(days);
    case "isodow":
      return weekdayOf(days) || 7;
    case "doy":
      return days - daysOf(date.year, 1, 1) + 1;
    default:
      return partOfYear(unit, date);
  }
}

function partOfYear(unit: string, { year }: CivilDate): number | undefined {
  switch (unit) {
    case "year":
      return year > 0 ? year : year - 1;
    case "decade":
      return Math.floor(year / 10) + 0;
    case "century":
      return year > 0 ? Math.floor((year + 99) / 100) : -Math.floor((99 - (year - 1)) / 100);
    case "millennium":
      return year > 0 ? Math.floor((year + 999) / 1000) : -Math.floor((999 - (year - 1)) / 1000);
    default:
      return undefined;
  }
}

/** The Monday of the week in which the ISO year begins that the day is in. */
function firstWeekOf(year: number): number {
  const fourth = daysOf(year, 1, 4);
  return fourth - ((weekdayOf(fourth) + 6) % 7);
}

/** The year to which the ISO week of the day belongs. */
export function isoYearOf(days: number): number {
  const { year } = dateOf(days);
  if (days < firstWeekOf(year)) {
    return year - 1;
  }
  return days >= firstWeekOf(year + 1) ? year + 1 : year;
}

/** The number of the ISO week of the day. */
export function weekOf(days: number): number {
  return Math.floor((days - firstWeekOf(isoYearOf(days))) / 7) + 1;
}

/** What grows for ever is infinite at infinity; what goes round is null. */
function partOfInfinity(type: string, unit: string, word: string, value: number): Datum {
  const growing = ["year", "decade", "century", "millennium", "julian", "isoyear", "epoch"];
  if (growing.includes(unit)) {
    return value > 0 ? new Numeric(0n, 0, "Infinity") : new Numeric(0n, 0, "-Infinity");
  }
  const isZone = unit.startsWith("timezone");
  const isClock = ["microsecond", "millisecond", "second", "minute", "hour"].includes(unit);
  if ((isZone && type !== "timestamptz") || (isClock && type === "date")) {
    return unsupported(type, word);
  }
  return null;
}

function partOfInterval(unit: string, word: string, value: Datum): Datum {
  const { months, days, micros: clock } = interval(value);
  const rest = Number(BigInt(clock) % 60_000_000n);
  switch (unit) {
    case "microsecond":
      return numericOf(rest);
    case "millisecond":
      return micros(rest, 3);
    case "second":
      return micros(rest, 6);
    case "minute":
      return numericOf((BigInt(clock) / 60_000_000n) % 60n);
    case "hour":
      return numericOf(BigInt(clock) / 3_600_000_000n);
    case "day":
      return numericOf(days);
    case "month":
      return numericOf(months % 12);
    case "quarter":
      return numericOf(Math.trunc((months % 12) / 3) + 1);
    case "year":
      return numericOf(Math.trunc(months / 12));
    case "decade":
      return numericOf(Math.trunc(Math.trunc(months / 12) / 10));
    case "century":
      return numericOf(Math.trunc(Math.trunc(months / 12) / 100));
    case "millennium":
      return numericOf(Math.trunc(Math.trunc(months / 12) / 1000));
    case "epoch":
      return epochOfInterval(months, days, BigInt(clock));
    default:
      return unsupported("interval", word);
  }
}

/** A year counts 365.25 days and a month 30 days here. */
function epochOfInterval(months: number, days: number, clock: bigint): Numeric {
  const years = BigInt(Math.trunc(months / 12));
  const seconds =
    (years * 1461n * 86_400n) / 4n + BigInt(months % 12) * 30n * 86_400n + BigInt(days) * 86_400n;
  return new Numeric(seconds * 1_000_000n + clock, 6);
}

const SHOWN_TYPES: Readonly<Record<string, string>> = {
  date: "date",
  time: "time without time zone",
  timestamp: "timestamp without time zone",
  timestamptz: "timestamp with time zone",
  interval: "interval",
};

/** 0A000, for a unit that the type does not have. */
export function unsupported(type: string, word: string): never {
  const message = `unit "${word.toLowerCase()}" not supported for type ${SHOWN_TYPES[type] ?? type}`;
  throw new PostgresError("0A000", message);
}

/** 22023, for a word that is no unit. */
export function unknownUnit(type: string, word: string): PostgresError {
  const message = `unit "${word.toLowerCase()}" not recognized for type ${SHOWN_TYPES[type] ?? type}`;
  return new PostgresError("22023", message);
}
