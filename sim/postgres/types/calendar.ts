import { PostgresError } from "../ground/postgres-error.ts";
import { canonical, type Whole } from "./whole.ts";

/** Microseconds of a day. */
export const DAY = 86_400_000_000;
const JULIAN_OF_2000 = 2_451_545;
/** The first and the last date of a timestamp, as days from 2000-01-01. */
const TIMESTAMP_DAY_MIN = -2_451_545;
const TIMESTAMP_DAY_END = 106_751_983;
const DATE_MIN = -2_451_545;
const DATE_END = 2_147_483_494 - JULIAN_OF_2000;

/** A day of the Gregorian calendar; the year before 1 is 0. */
export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** A timestamp in its parts: days from 2000-01-01, and microseconds of that day. */
export interface Moment {
  readonly days: number;
  readonly micros: number;
}

/** Days from 2000-01-01 to the date, which may have a month or day beyond its range. */
export function daysOf(year: number, month: number, day: number): number {
  const shifted = month > 2 ? month + 1 : month + 13;
  const y = month > 2 ? year + 4800 : year + 4799;
  const century = Math.floor(y / 100);
  const julian =
    y * 365 -
    32_167 +
    (Math.floor(y / 4) - century + Math.floor(century / 4)) +
    (Math.floor((7834 * shifted) / 256) + day);
  return julian - JULIAN_OF_2000;
}

/** The date that is that many days from 2000-01-01: j2date of datetime.c. */
export function dateOf(days: number): CivilDate {
  let julian = days + JULIAN_OF_2000 + 32_044;
  let quad = Math.floor(julian / 146_097);
  const extra = (julian - quad * 146_097) * 4 + 3;
  julian += 60 + quad * 3 + Math.floor(extra / 146_097);
  quad = Math.floor(julian / 1461);
  julian -= quad * 1461;
  let y = Math.floor((julian * 4) / 1461);
  julian = (y === 0 ? (julian + 306) % 366 : (julian + 305) % 365) + 123;
  y += quad * 4;
  const quarter = Math.floor((julian * 2141) / 65_536);
  return {
    year: y - 4800,
    month: ((quarter + 10) % 12) + 1,
    day: julian - Math.floor((7834 * quarter) / 256),
  };
}

/** The number of days of a month. */
export function lengthOfMonth(year: number, month: number): number {
  return daysOf(year, month + 1, 1) - daysOf(year, month, 1);
}

/** 0 for Sunday to 6 for Saturday. */
export function weekdayOf(days: number): number {
  return (((days + 6) % 7) + 7) % 7;
}

/** The parts of a finite timestamp. */
export function momentOf(timestamp: Whole): Moment {
  if (typeof timestamp === "number") {
    const days = Math.floor(timestamp / DAY);
    return { days, micros: timestamp - days * DAY };
  }
  const day = BigInt(DAY);
  const micros = ((timestamp % day) + day) % day;
  return { days: Number((timestamp - micros) / day), micros: Number(micros) };
}

/** The timestamp of its parts. @throws PostgresError 22008 out of range */
export function timestampOf(days: number, micros: number): Whole {
  if (days < TIMESTAMP_DAY_MIN || days >= TIMESTAMP_DAY_END) {
    throw timestampOutOfRange();
  }
  const value = days * DAY + micros;
  return Number.isSafeInteger(value)
    ? value
    : canonical(BigInt(days) * BigInt(DAY) + BigInt(micros));
}

/** The timestamp itself. @throws PostgresError 22008 out of range */
export function checkTimestamp(timestamp: Whole): Whole {
  const { days } = momentOf(timestamp);
  if (days < TIMESTAMP_DAY_MIN || days >= TIMESTAMP_DAY_END) {
    throw timestampOutOfRange();
  }
  return timestamp;
}

/** True for a date that the type can hold. */
export function isDateInRange(days: number): boolean {
  return days >= DATE_MIN && days < DATE_END;
}

/** 22008. */
export function timestampOutOfRange(): PostgresError {
  return new PostgresError("22008", "timestamp out of range");
}

/** `2020-01-31`, and ` BC` behind a year before 1, by EncodeDateOnly. */
export function formatDate(days: number): string {
  const { text, era } = dateText(days);
  return text + era;
}

/** `2020-01-31 12:30:00.5`, by EncodeDateTime; the zone stands before the era. */
export function formatTimestamp(timestamp: Whole, zone: string): string {
  const { days, micros } = momentOf(timestamp);
  const { text, era } = dateText(days);
  return `${text} ${formatTime(micros)}${zone}${era}`;
}

/** `12:30:00.5`, without zeros at the end of the fraction. */
export function formatTime(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  const fraction = micros - seconds * 1_000_000;
  const shown = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
  return shown + formatFraction(fraction);
}

/** `.5` for 500,000; nothing for 0. */
export function formatFraction(micros: number): string {
  return micros === 0 ? "" : `.${String(micros).padStart(6, "0").replace(/0+$/, "")}`;
}

function dateText(days: number): { readonly text: string; readonly era: string } {
  const { year, month, day } = dateOf(days);
  const shown = year > 0 ? year : 1 - year;
  const text = `${String(shown).padStart(4, "0")}-${two(month)}-${two(day)}`;
  return { text, era: year > 0 ? "" : " BC" };
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
