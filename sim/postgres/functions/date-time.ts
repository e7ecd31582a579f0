import { NotSimulated } from "../../kernel/not-simulated.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { interval } from "../types/behaviour.ts";
import {
  checkTimestamp,
  dateOf,
  DAY,
  daysOf,
  isDateInRange,
  lengthOfMonth,
  momentOf,
  timestampOf,
  timestampOutOfRange,
} from "../types/calendar.ts";
import type { Datum } from "../types/datum.ts";
import { Interval, intervalOf, intervalOutOfRange } from "../types/interval.ts";
import { Numeric } from "../types/numeric.ts";
import { str } from "../types/text.ts";
import { canonical, int8Add, int8Subtract, num, whole, type Whole } from "../types/whole.ts";
import { part } from "./date-part.ts";
import { truncateInterval, truncateMoment } from "./date-trunc.ts";
import type { Compute, Implementations } from "./implementation.ts";
import { negateInterval } from "./interval.ts";
import { formatMoment } from "./to-char.ts";

/** True for infinity and minus infinity. */
function isInfinite(value: Whole): boolean {
  return value === Infinity || value === -Infinity;
}

/** timestamp_pl_interval: months first, then days, then the time. */
function addToTimestamp(timestamp: Whole, span: Interval): Whole {
  if (isInfinite(timestamp)) {
    return timestamp;
  }
  const { micros, ...moment } = momentOf(timestamp);
  let { days } = moment;
  if (span.months !== 0) {
    const date = dateOf(days);
    const month = date.month - 1 + span.months;
    const year = date.year + Math.floor(month / 12);
    const inYear = (((month % 12) + 12) % 12) + 1;
    days = daysOf(year, inYear, Math.min(date.day, lengthOfMonth(year, inYear)));
  }
  days += span.days;
  const moved = timestampOf(days, micros);
  return checkTimestamp(addMicros(moved, span.micros));
}

function addMicros(timestamp: Whole, micros: Whole): Whole {
  try {
    return int8Add(timestamp, micros);
  } catch {
    throw timestampOutOfRange();
  }
}

/** timestamp_mi: days and time, and no months. */
function subtractTimestamps(left: Whole, right: Whole): Interval {
  if (isInfinite(left) || isInfinite(right)) {
    throw new PostgresError("22008", "cannot subtract infinite timestamps");
  }
  let micros: Whole;
  try {
    micros = int8Subtract(left, right);
  } catch {
    throw intervalOutOfRange();
  }
  if (typeof micros === "number") {
    const days = Math.trunc(micros / DAY);
    return new Interval(0, days + 0, micros - days * DAY);
  }
  const days = micros / BigInt(DAY);
  return new Interval(0, Number(days), canonical(micros - days * BigInt(DAY)));
}

function midnight(date: Datum): Whole {
  const days = num(date);
  if (isInfinite(days)) {
    return days;
  }
  try {
    return timestampOf(days, 0);
  } catch {
    throw new PostgresError("22008", "date out of range for timestamp");
  }
}

function dateOfTimestamp(timestamp: Datum): Datum {
  const value = whole(timestamp);
  return isInfinite(value) ? value : momentOf(value).days;
}

function timeOfTimestamp(timestamp: Datum): Datum {
  const value = whole(timestamp);
  return isInfinite(value) ? null : momentOf(value).micros;
}

function addDays(date: Datum, days: number): number {
  const value = num(date);
  if (isInfinite(value)) {
    return value;
  }
  const moved = value + days;
  if (!isDateInRange(moved)) {
    throw new PostgresError("22008", "date out of range");
  }
  return moved;
}

/** The time of day, going round at midnight. */
function addToTime(time: Datum, micros: Whole): number {
  const day = BigInt(DAY);
  const sum = (BigInt(num(time)) + BigInt(micros)) % day;
  return Number(sum < 0n ? sum + day : sum);
}

function timeOfInterval(span: Datum): number {
  const { micros } = interval(span);
  const day = BigInt(DAY);
  const rest = BigInt(micros) % day;
  return Number(rest < 0n ? rest + day : rest);
}

/** timestamp_age: the difference in years, months and days, counted by the calendar. */
export function ageOf(later: Whole, earlier: Whole): Interval {
  const [a, b] = [fieldsOf(finite(later)), fieldsOf(finite(earlier))];
  const negative = later < earlier;
  const sign = negative ? -1 : 1;
  let micros = (a.micros - b.micros) * sign;
  let days = (a.day - b.day) * sign;
  let months = (a.month - b.month) * sign;
  let years = (a.year - b.year) * sign;
  if (micros < 0) {
    micros += DAY;
    days -= 1;
  }
  while (days < 0) {
    const { year, month } = negative ? a : b;
    days += lengthOfMonth(year, month);
    months -= 1;
  }
  while (months < 0) {
    months += 12;
    years -= 1;
  }
  return intervalOf((years * 12 + months) * sign + 0, days * sign + 0, micros * sign + 0);
}

/** Infinity is taken for the last moment that there is; minus infinity is before every calendar. */
function finite(timestamp: Whole): Whole {
  if (timestamp === -Infinity) {
    throw timestampOutOfRange();
  }
  return timestamp === Infinity ? 2n ** 63n - 1n : timestamp;
}

function fieldsOf(timestamp: Whole) {
  const { days, micros } = momentOf(timestamp);
  return { ...dateOf(days), micros };
}

/** Microseconds east of UTC of a zone that has one offset for all times. */
function zoneShift(zone: string): number {
  const name = zone.trim().toUpperCase();
  if (["UTC", "GMT", "Z", "ETC/UTC", "ETC/GMT", "ZULU", "UCT"].includes(name)) {
    return 0;
  }
  throw new NotSimulated("a time zone other than UTC", zone);
}

function shift(timestamp: Whole, micros: number): Whole {
  return isInfinite(timestamp) ? timestamp : checkTimestamp(addMicros(timestamp, micros));
}

function intervalShift(zone: Datum): number {
  const { months, days, micros } = interval(zone);
  if (months !== 0 || days !== 0) {
    const message = `interval time zone "${interval(zone).toString()}" must not include months or days`;
    throw new PostgresError("22023", message);
  }
  return Math.trunc(Number(micros) / 1_000_000) * 1_000_000;
}

function makeDate(year: number, month: number, day: number): number {
  const civil = year < 0 ? year + 1 : year;
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= lengthOfMonth(civil, month);
  const days = isDay && year !== 0 ? daysOf(civil, month, day) : NaN;
  if (!isDateInRange(days)) {
    const shown = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
    throw new PostgresError("22008", `date field value out of range: ${shown}`);
  }
  return days;
}

function makeTime(hour: number, minute: number, second: number): number {
  const isEnd = hour === 24 && minute === 0 && second === 0;
  const inRange =
    hour >= 0 && (hour < 24 || isEnd) && minute >= 0 && minute < 60 && second >= 0 && second <= 60;
  if (!inRange) {
    const shown = `${hour}:${String(minute).padStart(2, "0")}:${String(second).padStart(2, "0")}`;
    throw new PostgresError("22008", `time field value out of range: ${shown}`);
  }
  return hour * 3_600_000_000 + minute * 60_000_000 + Math.round(second * 1_000_000);
}

function epochTimestamp(seconds: number): Whole {
  if (isInfinite(seconds)) {
    return seconds;
  }
  if (Number.isNaN(seconds)) {
    throw new PostgresError("22008", "timestamp cannot be NaN");
  }
  const shifted = seconds - 10_957 * 86_400;
  const micros = Math.round(shifted * 1_000_000);
  if (!Number.isSafeInteger(micros)) {
    throw new NotSimulated("to_timestamp of a moment so far away", String(seconds));
  }
  return checkTimestamp(micros + 0);
}

/** PostgreSQL's own functions of two timestamps serve both kinds, for the zone is UTC. */
const BOTH: readonly (readonly [string, Compute])[] = [
  ["pl_interval", (left, right) => addToTimestamp(whole(left), interval(right))],
  ["mi_interval", (left, right) => addToTimestamp(whole(left), negateInterval(interval(right)))],
  ["age", (left, right) => ageOf(whole(left), whole(right))],
  ["trunc", (unit, moment) => truncateMoment(str(unit), whole(moment))],
  ["date", dateOfTimestamp],
  ["time", timeOfTimestamp],
  ["to_char", (moment, format) => formatMoment(whole(moment), str(format))],
];

/** Operators, functions and casts of date, time, timestamp and timestamptz. */
export const DATE_TIME_FUNCTIONS: Implementations = {
  ...Object.fromEntries(
    BOTH.flatMap(([name, compute]) => [
      [`timestamp_${name}`, compute],
      [`timestamptz_${name}`, compute],
    ]),
  ),
  timestamp_mi: (left, right) => subtractTimestamps(whole(left), whole(right)),
  "interval_pl_timestamp(interval,timestamp)": (left, right) =>
    addToTimestamp(whole(right), interval(left)),
  "interval_pl_timestamptz(interval,timestamptz)": (left, right) =>
    addToTimestamp(whole(right), interval(left)),
  date_mi: (left, right) => subtractDates(num(left), num(right)),
  date_pli: (left, right) => addDays(left, num(right)),
  date_mii: (left, right) => addDays(left, -num(right)),
  "integer_pl_date(int4,date)": (left, right) => addDays(right, num(left)),
  date_pl_interval: (left, right) => addToTimestamp(midnight(left), interval(right)),
  date_mi_interval: (left, right) =>
    addToTimestamp(midnight(left), negateInterval(interval(right))),
  "interval_pl_date(interval,date)": (left, right) =>
    addToTimestamp(midnight(right), interval(left)),
  datetime_timestamp: (date, time) => joined(midnight(date), num(time)),
  "timedate_pl(time,date)": (time, date) => joined(midnight(date), num(time)),
  time_pl_interval: (left, right) => addToTime(left, interval(right).micros),
  time_mi_interval: (left, right) => addToTime(left, negateInterval(interval(right)).micros),
  "interval_pl_time(interval,time)": (left, right) => addToTime(right, interval(left).micros),
  time_mi_time: (left, right) => new Interval(0, 0, num(left) - num(right)),
  date_timestamp: midnight,
  date_timestamptz: midnight,
  timestamp_timestamptz: (value) => value,
  timestamptz_timestamp: (value) => value,
  time_interval: (value) => new Interval(0, 0, num(value)),
  interval_time: timeOfInterval,
  timestamptz_trunc_zone: (unit, moment, zone) => {
    zoneShift(str(zone));
    return truncateMoment(str(unit), whole(moment));
  },
  interval_trunc: (unit, span) => truncateInterval(str(unit), interval(span)),
  date_finite: (value) => !isInfinite(num(value)),
  timestamp_finite: (value) => !isInfinite(whole(value)),
  interval_finite: () => true,
  ...Object.fromEntries(
    ["timestamp", "timestamptz", "date", "time", "interval"].map((type) => [
      `extract_${type}`,
      (unit: Datum, value: Datum) => part(type, str(unit), value),
    ]),
  ),
  ...Object.fromEntries(
    ["timestamp", "timestamptz", "time", "interval"].map((type) => [
      `${type}_part`,
      (unit: Datum, value: Datum) => asFloat(part(type, str(unit), value)),
    ]),
  ),
  "date_part(text,date)": (unit, value) => asFloat(part("timestamp", str(unit), midnight(value))),
  timestamptz_zone: (zone, value) => shift(whole(value), zoneShift(str(zone))),
  timestamp_zone: (zone, value) => shift(whole(value), -zoneShift(str(zone)) + 0),
  timestamptz_izone: (zone, value) => shift(whole(value), intervalShift(zone)),
  timestamp_izone: (zone, value) => shift(whole(value), -intervalShift(zone)),
  make_date: (year, month, day) => makeDate(num(year), num(month), num(day)),
  make_time: (hour, minute, second) => makeTime(num(hour), num(minute), num(second)),
  make_timestamp: (year, month, day, hour, minute, second) =>
    timestampOf(
      makeDate(num(year), num(month), num(day)),
      makeTime(num(hour), num(minute), num(second)),
    ),
  make_timestamptz: (year, month, day, hour, minute, second) =>
    timestampOf(
      makeDate(num(year), num(month), num(day)),
      makeTime(num(hour), num(minute), num(second)),
    ),
  float8_timestamptz: (seconds) => epochTimestamp(num(seconds)),
};

function joined(midnightOfDate: Whole, time: number): Whole {
  return isInfinite(midnightOfDate)
    ? midnightOfDate
    : checkTimestamp(addMicros(midnightOfDate, time));
}

function subtractDates(left: number, right: number): number {
  if (isInfinite(left) || isInfinite(right)) {
    throw new PostgresError("22008", "cannot subtract infinite dates");
  }
  return left - right;
}

function asFloat(value: Datum): Datum {
  return value instanceof Numeric ? Number(value.toString()) : value;
}
