import { NotSimulated } from "../../kernel/not-simulated.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { DAY, formatFraction } from "./calendar.ts";
import { isNumberInBrackets } from "./date-time-text.ts";
import { Composite } from "./datum.ts";
import { roundHalfEven } from "./float.ts";
import { canonical, type Whole } from "./whole.ts";

/** A span of time, in the three units that do not have a fixed ratio. */
export class Interval extends Composite {
  readonly months: number;
  readonly days: number;
  readonly micros: Whole;

  constructor(months: number, days: number, micros: Whole) {
    super();
    this.months = months;
    this.days = days;
    this.micros = micros;
  }

  /** interval_out in the style `postgres`. */
  override toString(): string {
    const parts: string[] = [];
    let wasNegative = false;
    const add = (value: number, unit: string): void => {
      if (value === 0) {
        return;
      }
      const sign = wasNegative && value > 0 ? "+" : "";
      parts.push(`${sign}${value} ${unit}${value === 1 ? "" : "s"}`);
      wasNegative = value < 0;
    };
    add(Math.trunc(this.months / 12), "year");
    add(this.months % 12, "mon");
    add(this.days, "day");
    if (this.micros !== 0 || parts.length === 0) {
      const sign = this.micros < 0 ? "-" : wasNegative ? "+" : "";
      parts.push(sign + formatClock(this.micros));
    }
    return parts.join(" ");
  }
}

/** Hours are not limited to two digits. */
function formatClock(micros: Whole): string {
  const size = micros < 0 ? -BigInt(micros) : BigInt(micros);
  const seconds = size / 1_000_000n;
  const shown = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n]
    .map((part) => part.toString().padStart(2, "0"))
    .join(":");
  return shown + formatFraction(Number(size % 1_000_000n));
}

/** What interval_cmp compares: a month is 30 days and a day 24 hours. */
export function spanOf({ months, days, micros }: Interval): Whole {
  const inDays = months * 30 + days;
  const span = typeof micros === "number" ? inDays * DAY + micros : NaN;
  return Number.isSafeInteger(span)
    ? span
    : canonical(BigInt(inDays) * BigInt(DAY) + BigInt(micros));
}

/** The interval of these parts. @throws PostgresError 22008 out of range */
export function intervalOf(months: number, days: number, micros: Whole): Interval {
  const inRange =
    (months | 0) === months &&
    (days | 0) === days &&
    (typeof micros === "number" || BigInt.asIntN(64, micros) === micros);
  if (!inRange) {
    throw intervalOutOfRange();
  }
  return new Interval(months, days, micros);
}

/** 22008. */
export function intervalOutOfRange(): PostgresError {
  return new PostgresError("22008", "interval out of range");
}

/** Months of a unit, days of a unit, microseconds of a unit. */
const UNITS: ReadonlyMap<string, readonly [number, number, number]> = new Map([
  ...unit(["y", "yr", "yrs", "year", "years"], [12, 0, 0]),
  ...unit(["mon", "mons", "month", "months"], [1, 0, 0]),
  ...unit(["w", "week", "weeks"], [0, 7, 0]),
  ...unit(["d", "day", "days"], [0, 1, 0]),
  ...unit(["h", "hr", "hrs", "hour", "hours"], [0, 0, 3_600_000_000]),
  ...unit(["m", "min", "mins", "minute", "minutes"], [0, 0, 60_000_000]),
  ...unit(["s", "sec", "secs", "second", "seconds"], [0, 0, 1_000_000]),
  ...unit(["ms", "msec", "msecs", "millisecond", "milliseconds"], [0, 0, 1000]),
  ...unit(["us", "usec", "usecs", "microsecond", "microseconds"], [0, 0, 1]),
  ...unit(["decade", "decades", "dec", "decs"], [120, 0, 0]),
  ...unit(["c", "cent", "century", "centuries"], [1200, 0, 0]),
  ...unit(["mil", "mils", "millennium", "millennia"], [12_000, 0, 0]),
]);

function unit(
  names: readonly string[],
  size: readonly [number, number, number],
): [string, readonly [number, number, number]][] {
  return names.map((name) => [name, size]);
}

const TOKEN =
  /\s*(?:(?<sign>[+-]?)(?<hours>[0-9]+):(?<minutes>[0-9]{1,2})(?::(?<seconds>[0-9]{1,2}(?:\.[0-9]*)?))?(?![0-9:.])|(?<number>[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))\s*(?<unit>[a-zA-Z]*)|(?<word>ago|@))/y;

/**
 * interval_in, for numbers with units, `01:02:03` and ISO 8601. @throws PostgresError 22007, 22008
 */
export function parseInterval(text: string): Interval {
  if (/^\s*-?P/i.test(text)) {
    return parseIso(text);
  }
  const sum = new IntervalSum();
  const units = new Set<object>();
  const end = text.trimEnd().length;
  let ago = false;
  let found = false;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const groups = TOKEN.exec(text)?.groups;
    if (groups === undefined || ago) {
      throw unread(text);
    }
    const { word, number, hours } = groups;
    if (word !== undefined) {
      ago ||= word === "ago";
      continue;
    }
    found = true;
    if (hours !== undefined) {
      addClock(text, sum, groups);
    } else if (number !== undefined) {
      const unit = (groups["unit"] ?? "").toLowerCase();
      const size = UNITS.get(unit || "s");
      // Only the last number may stand without its unit, and each unit once.
      if (size === undefined || units.has(size) || (unit === "" && TOKEN.lastIndex < end)) {
        throw isDateLike(text) ? invalid(text) : unread(text);
      }
      units.add(size);
      sum.add(number, size);
    }
  }
  if (!found) {
    throw invalid(text);
  }
  return sum.interval(ago ? -1 : 1, text);
}

function addClock(
  text: string,
  sum: IntervalSum,
  groups: Readonly<Record<string, string | undefined>>,
): void {
  const { sign = "", hours = "0", minutes = "0", seconds = "0" } = groups;
  if (Number(minutes) > 59 || Number(seconds) >= 60) {
    throw new PostgresError("22008", `interval field value out of range: "${text}"`);
  }
  sum.add(sign + hours, [0, 0, 3_600_000_000]);
  sum.add(sign + minutes, [0, 0, 60_000_000]);
  sum.add(sign + seconds, [0, 0, 1_000_000]);
}

const ISO_UNITS: Readonly<Record<string, string>> = { Y: "y", M: "mon", W: "w", D: "d" };
const ISO_CLOCK_UNITS: Readonly<Record<string, string>> = { H: "h", M: "m", S: "s" };

function parseIso(text: string): Interval {
  const match = /^\s*(-?)P((?:-?[0-9.]+[YMWD])*)(?:T((?:-?[0-9.]+[HMS])+))?\s*$/.exec(text);
  if (match === null || (match[2] === "" && match[3] === undefined)) {
    throw unread(text);
  }
  const sum = new IntervalSum();
  const add = (part: string, units: Readonly<Record<string, string>>): void => {
    for (const [, number = "", letter = ""] of part.matchAll(/(-?[0-9.]+)([A-Z])/g)) {
      sum.add(number, UNITS.get(units[letter] ?? "") ?? [0, 0, 0]);
    }
  };
  add(match[2] ?? "", ISO_UNITS);
  add(match[3] ?? "", ISO_CLOCK_UNITS);
  if (match[1] === "-") {
    throw new NotSimulated("a negative ISO 8601 interval", text);
  }
  return sum.interval(1, text);
}

/** Adds up the parts of an interval; a fraction of a unit goes to the smaller ones. */
class IntervalSum {
  #months = 0;
  #days = 0;
  #micros = 0n;

  add(number: string, [months, days, micros]: readonly [number, number, number]): void {
    const negative = number.startsWith("-");
    const [whole = "0", fraction = ""] = number.replace(/^[+-]/, "").split(".");
    const sign = negative ? -1 : 1;
    const size = sign * Number(whole || "0");
    const rest = sign * Number(`0.${fraction || "0"}`);
    this.#months += size * months;
    this.#days += size * days;
    this.#micros += BigInt(negative ? `-${whole || "0"}` : whole || "0") * BigInt(micros);
    if (rest === 0) {
      return;
    }
    if (months > 1) {
      this.#months += roundHalfEven(rest * months);
    } else if (months === 1) {
      this.#addDays(rest * 30);
    } else if (days > 0) {
      this.#addDays(rest * days);
    } else {
      this.#micros += BigInt(roundHalfEven(rest * micros));
    }
  }

  #addDays(days: number): void {
    const whole = Math.trunc(days);
    this.#days += whole;
    this.#micros += BigInt(roundHalfEven((days - whole) * DAY));
  }

  interval(sign: number, text: string): Interval {
    try {
      const micros = canonical(this.#micros * BigInt(sign));
      return intervalOf(this.#months * sign + 0, this.#days * sign + 0, micros);
    } catch {
      throw new PostgresError("22008", `interval field value out of range: "${text}"`);
    }
  }
}

function isDateLike(text: string): boolean {
  return /^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}/.test(text) || /[a-zA-Z]/.test(text);
}

function unread(text: string): Error {
  if (!/[0-9]/.test(text) || (/^\s*[{[("]/.test(text) && !isNumberInBrackets(text))) {
    return invalid(text);
  }
  return new NotSimulated("an interval that is not written with units or as 01:02:03", text);
}

function invalid(text: string): PostgresError {
  return new PostgresError("22007", `invalid input syntax for type interval: "${text}"`);
}
