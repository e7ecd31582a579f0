import { NotSimulated } from "../../kernel/not-simulated.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import {
  DAY,
  daysOf,
  isDateInRange,
  lengthOfMonth,
  timestampOf,
  timestampOutOfRange,
} from "./calendar.ts";
import type { Whole } from "./whole.ts";

type DateTimeType =
  | "date"
  | "time"
  | "timestamp"
  | "timestamp with time zone"
  | "time with time zone";

/** What a text says, part by part; null for a part that is not there. */
interface Parts {
  readonly days: number | null;
  readonly micros: number | null;
  readonly zoneSeconds: number | null;
}

const TEXT =
  /^\s*(?:(?<year>[0-9]{4,})-(?<month>[0-9]{1,2})-(?<day>[0-9]{1,2})|(?<packed>[0-9]{8}))?(?:(?:(?<=[0-9])[Tt]|\s+|^)(?<hour>[0-9]{1,2}):(?<minute>[0-9]{2})(?::(?<second>[0-9]{2})(?<fraction>\.[0-9]*)?)?)?\s*(?<zone>[Zz]|(?:UTC|GMT)(?![+-])|[+-][0-9]{1,2}(?::?[0-9]{2})?(?::?[0-9]{2})?)?\s*(?<era>\s(?:BC|AD))?\s*$/i;

const INFINITIES: ReadonlyMap<string, number> = new Map([
  ["infinity", Infinity],
  ["+infinity", Infinity],
  ["-infinity", -Infinity],
]);

/** date_in: days from 2000-01-01. @throws PostgresError 22007, 22008 */
export function parseDate(text: string): number {
  const special = specialOf(text);
  if (special !== undefined) {
    return special === 0 ? -10_957 : special;
  }
  const { days } = readParts(text, "date");
  if (days === null) {
    throw invalid(text, "date");
  }
  if (!isDateInRange(days)) {
    throw new PostgresError("22008", `date out of range: "${text}"`);
  }
  return days;
}

/** time_in: microseconds of the day. @throws PostgresError 22007, 22008 */
export function parseTime(text: string): number {
  if (specialOf(text) !== undefined) {
    throw invalid(text, "time");
  }
  const { micros, days, zoneSeconds } = readParts(text, "time");
  if (micros === null || (zoneSeconds !== null && days === null && !/[zZ+-]/.test(text))) {
    throw invalid(text, "time");
  }
  return micros;
}

/** timestamp_in: microseconds from 2000-01-01; a zone is read and left out. */
export function parseTimestamp(text: string): Whole {
  return readTimestamp(text, "timestamp").value;
}

/** timestamptz_in, in the zone UTC. */
export function parseTimestamptz(text: string): Whole {
  const { value, zoneSeconds } = readTimestamp(text, "timestamp with time zone");
  if (zoneSeconds === 0) {
    return value;
  }
  const shift = zoneSeconds * 1_000_000;
  return typeof value === "number" ? value - shift : value - BigInt(shift);
}

function readTimestamp(
  text: string,
  type: DateTimeType,
): { readonly value: Whole; readonly zoneSeconds: number } {
  const special = specialOf(text);
  if (special !== undefined) {
    return { value: special === 0 ? -10_957 * DAY : special, zoneSeconds: 0 };
  }
  const { days, micros, zoneSeconds } = readParts(text, type);
  if (days === null) {
    throw invalid(text, type);
  }
  try {
    return { value: timestampOf(days, micros ?? 0), zoneSeconds: zoneSeconds ?? 0 };
  } catch {
    throw new PostgresError("22008", `${timestampOutOfRange().message}: "${text}"`);
  }
}

/** Infinity, or 0 for `epoch`; undefined for a text with digits. */
function specialOf(text: string): number | undefined {
  const word = text.trim().toLowerCase();
  if (word === "epoch") {
    return 0;
  }
  if (["now", "today", "tomorrow", "yesterday", "allballs"].includes(word)) {
    throw new NotSimulated("a date or time that depends on the moment", text);
  }
  return INFINITIES.get(word);
}

function readParts(text: string, type: DateTimeType): Parts {
  const groups = TEXT.exec(text)?.groups;
  if (groups === undefined) {
    throw unread(text, type);
  }
  const { year, packed, hour, zone } = groups;
  if (year === undefined && packed === undefined && hour === undefined) {
    throw unread(text, type);
  }
  const days = year === undefined && packed === undefined ? null : readDays(text, groups);
  const micros = hour === undefined ? null : readMicros(text, groups);
  if (zone !== undefined && hour === undefined) {
    throw new NotSimulated("a date with a time zone", text);
  }
  const zoneSeconds = zone === undefined ? null : readZone(zone);
  if (zoneSeconds !== null && Math.abs(zoneSeconds) >= 16 * 3600) {
    throw new PostgresError("22009", `time zone displacement out of range: "${text}"`);
  }
  return { days, micros, zoneSeconds };
}

type Groups = Readonly<Record<string, string | undefined>>;

function readDays(text: string, groups: Groups): number {
  const { packed } = groups;
  const written = Number(packed?.slice(0, 4) ?? groups["year"]);
  const month = Number(packed?.slice(4, 6) ?? groups["month"]);
  const day = Number(packed?.slice(6) ?? groups["day"]);
  const isBefore = groups["era"]?.trim().toUpperCase() === "BC";
  if (written === 0) {
    throw fieldOutOfRange(text, false);
  }
  const year = isBefore ? 1 - written : written;
  if (month < 1 || month > 12 || day < 1 || day > 31) {
    throw fieldOutOfRange(text, true);
  }
  if (day > lengthOfMonth(year, month)) {
    throw fieldOutOfRange(text, false);
  }
  return daysOf(year, month, day);
}

function readMicros(text: string, groups: Groups): number {
  const hour = Number(groups["hour"]);
  const minute = Number(groups["minute"]);
  const second = Number(groups["second"] ?? 0);
  const fraction = Math.round(Number(`0${groups["fraction"] ?? ""}`) * 1_000_000);
  const isEnd = hour === 24 && minute === 0 && second === 0 && fraction === 0;
  if ((hour > 23 && !isEnd) || minute > 59 || second > 60) {
    throw fieldOutOfRange(text, false);
  }
  return (hour * 3600 + minute * 60 + second) * 1_000_000 + fraction;
}

/** Seconds east of UTC of `Z`, `UTC`, `+02`, `+0230` or `-02:30:15`. */
function readZone(zone: string): number {
  if (!/^[+-]/.test(zone)) {
    return 0;
  }
  const digits = zone.slice(1).replaceAll(":", "");
  const padded = digits.length % 2 === 1 ? `0${digits}` : digits;
  const [hours = 0, minutes = 0, seconds = 0] = (padded.match(/../g) ?? []).map(Number);
  const size = hours * 3600 + minutes * 60 + seconds;
  return zone.startsWith("-") ? -size : size;
}

/** Texts that look like a span, an array or a JSON, which are often put where a moment belongs. */
const OTHER_TEXT =
  /^\s*(?:[-+]?[0-9.]+\s+(?:year|mon|month|week|day|hour|minute|min|second|sec)s?(?:\s.*)?|[{[("].*|[-+]?[0-9]+\.[0-9]+e?.*|[-+][0-9]+|[0-9]+e[0-9]+)\s*$/i;

/** A text without any digit is none of PostgreSQL's many forms; of the others some are not read. */
function unread(text: string, type: DateTimeType): Error {
  if (isFarZone(text)) {
    return new PostgresError("22009", `time zone displacement out of range: "${text}"`);
  }
  const isOther = OTHER_TEXT.test(text) && !isNumberInBrackets(text);
  if (!/[0-9]/.test(text) || /^\s*[0-9]{1,3}\s*$/.test(text) || isOther) {
    return invalid(text, type);
  }
  return new NotSimulated(`a ${type} that is not written as 2020-01-31 12:30:00`, text);
}

/** ParseDateTime passes over brackets, so that a long number alone in them is read as one. */
export function isNumberInBrackets(text: string): boolean {
  return /^\s*[{[("]+[0-9]{4,}[^0-9A-Za-z]*$/.test(text);
}

/** DecodeTimezone: a number with a sign in front of all else is a time zone, at most 15:59 away. */
function isFarZone(text: string): boolean {
  const [, digits = "", minutes] = /^\s*[+-]([0-9]+)(?::([0-9]+))?(?![0-9.])/.exec(text) ?? [];
  const isPacked = minutes === undefined && digits.length > 2;
  const hours = Number(isPacked ? digits.slice(0, -2) : digits);
  return hours > 15 || Number(isPacked ? digits.slice(-2) : (minutes ?? 0)) > 59;
}

function invalid(text: string, type: DateTimeType): PostgresError {
  return new PostgresError("22007", `invalid input syntax for type ${type}: "${text}"`);
}

function fieldOutOfRange(text: string, mayBeOrder: boolean): PostgresError {
  const message = `date/time field value out of range: "${text}"`;
  const hint = 'Perhaps you need a different "datestyle" setting.';
  return new PostgresError("22008", message, mayBeOrder ? { hint } : {});
}
