import { PostgresError } from "../ground/postgres-error.ts";
import { interval } from "../types/behaviour.ts";
import { DAY } from "../types/calendar.ts";
import type { Datum } from "../types/datum.ts";
import { roundHalfEven } from "../types/float.ts";
import type { Interval } from "../types/interval.ts";
import { intervalOf, intervalOutOfRange } from "../types/interval.ts";
import {
  canonical,
  divisionByZero,
  int8Add,
  int8Subtract,
  num,
  type Whole,
} from "../types/whole.ts";
import type { Implementations } from "./implementation.ts";

const INT8_LIMIT = 2 ** 63;

/** interval_pl. @throws PostgresError 22008 out of range */
export function addInterval(left: Interval, right: Interval): Interval {
  return checked(() =>
    intervalOf(
      left.months + right.months,
      left.days + right.days,
      int8Add(left.micros, right.micros),
    ),
  );
}

/** interval_um. @throws PostgresError 22008 out of range */
export function negateInterval({ months, days, micros }: Interval): Interval {
  return checked(() => intervalOf(0 - months, 0 - days, int8Subtract(0, micros)));
}

function checked(make: () => Interval): Interval {
  try {
    return make();
  } catch {
    throw intervalOutOfRange();
  }
}

/** interval_mul: what is no whole month goes to the days, and what is no whole day to the time. */
function multiply(span: Interval, factor: number): Interval {
  const months = span.months * factor;
  const days = span.days * factor;
  if (!inRange(months) || !inRange(days)) {
    throw intervalOutOfRange();
  }
  const wholeMonths = Math.trunc(months) + 0;
  const wholeDays = Math.trunc(days) + 0;
  return spread(
    { months: wholeMonths, days: wholeDays },
    months - wholeMonths,
    days - wholeDays,
    (rest) => roundHalfEven(Number(span.micros) * factor + rest * 1_000_000),
  );
}

/** interval_div. @throws PostgresError 22012, 22008 */
export function divideInterval(span: Interval, divisor: number): Interval {
  if (divisor === 0) {
    throw divisionByZero();
  }
  const months = Math.trunc(span.months / divisor) + 0;
  const days = Math.trunc(span.days / divisor) + 0;
  return spread(
    { months, days },
    span.months / divisor - months,
    span.days / divisor - days,
    (rest) => roundHalfEven(Number(span.micros) / divisor + rest * 1_000_000),
  );
}

function spread(
  { months, days }: { readonly months: number; readonly days: number },
  monthRest: number,
  dayRest: number,
  microsOf: (seconds: number) => number,
): Interval {
  const monthDays = rounded(monthRest * 30);
  let seconds = rounded((dayRest + monthDays - Math.trunc(monthDays)) * 86_400);
  let allDays = days + Math.trunc(monthDays);
  if (Math.abs(seconds) >= 86_400) {
    allDays += Math.trunc(seconds / 86_400);
    seconds -= Math.trunc(seconds / 86_400) * 86_400;
  }
  const micros = microsOf(seconds) + 0;
  if (!(Math.abs(micros) < INT8_LIMIT)) {
    throw intervalOutOfRange();
  }
  return intervalOf(months, allDays + 0, canonical(BigInt(micros)));
}

/** TSROUND: to a millionth, against the noise of floating point. */
function rounded(value: number): number {
  return roundHalfEven(value * 1_000_000) / 1_000_000;
}

function inRange(value: number): boolean {
  return value >= -2_147_483_648 && value <= 2_147_483_647;
}

function justifyHours({ months, days, micros }: Interval): Interval {
  const whole = Math.trunc(Number(micros) / DAY);
  let allDays = days + whole;
  let rest: Whole = int8Subtract(micros, whole * DAY);
  if (allDays > 0 && rest < 0) {
    rest = int8Add(rest, DAY);
    allDays -= 1;
  } else if (allDays < 0 && rest > 0) {
    rest = int8Subtract(rest, DAY);
    allDays += 1;
  }
  return intervalOf(months, allDays, rest);
}

function justifyDays({ months, days, micros }: Interval): Interval {
  const whole = Math.trunc(days / 30);
  let allMonths = months + whole;
  let rest = days - whole * 30;
  if (allMonths > 0 && rest < 0) {
    rest += 30;
    allMonths -= 1;
  } else if (allMonths < 0 && rest > 0) {
    rest -= 30;
    allMonths += 1;
  }
  return intervalOf(allMonths, rest, micros);
}

function makeInterval(values: readonly Datum[]): Interval {
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] =
    values.map(num);
  if (!Number.isFinite(seconds)) {
    throw new PostgresError("22008", "interval out of range");
  }
  const micros =
    BigInt(hours) * 3_600_000_000n +
    BigInt(minutes) * 60_000_000n +
    BigInt(roundHalfEven(seconds * 1_000_000));
  return intervalOf(years * 12 + months, weeks * 7 + days, canonical(micros));
}

/** Operators and functions of interval. */
export const INTERVAL_FUNCTIONS: Implementations = {
  interval_pl: (left, right) => addInterval(interval(left), interval(right)),
  interval_mi: (left, right) => addInterval(interval(left), negateInterval(interval(right))),
  interval_um: (value) => negateInterval(interval(value)),
  interval_mul: (span, factor) => multiply(interval(span), num(factor)),
  mul_d_interval: (factor, span) => multiply(interval(span), num(factor)),
  interval_div: (span, divisor) => divideInterval(interval(span), num(divisor)),
  interval_justify_hours: (span) => justifyHours(interval(span)),
  interval_justify_days: (span) => justifyDays(interval(span)),
  interval_justify_interval: (span) => justifyHours(justifyDays(justifyHours(interval(span)))),
  make_interval: (...values) => makeInterval(values),
};
