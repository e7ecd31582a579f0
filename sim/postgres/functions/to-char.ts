import { NotSimulated } from "../../kernel/not-simulated.ts";
import { dateOf, daysOf, momentOf, weekdayOf } from "../types/calendar.ts";
import type { Whole } from "../types/whole.ts";
import { isoYearOf, weekOf } from "./date-part.ts";

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const NAME_LENGTH = 9;

/** What is between two patterns is copied: no letter or quote may be among it. */
const PATTERN =
  /(FM)?(YYYY|YYY|YY|Y|IYYY|MM|DDD|DD|IDDD|ID|HH24|HH12|HH|MI|SS|MS|US|Month|MONTH|month|Mon|MON|mon|Day|DAY|day|Dy|DY|dy|AM|PM|am|pm|IW|WW|W|Q|D)|([^A-Za-z"\\]+)|T/gy;

/** to_char of a timestamp, for the numbers and names of English; other patterns are refused. */
export function formatMoment(value: Whole, format: string): string | null {
  if (value === Infinity || value === -Infinity) {
    return null;
  }
  let shown = "";
  PATTERN.lastIndex = 0;
  while (PATTERN.lastIndex < format.length) {
    const match = PATTERN.exec(format);
    if (match === null) {
      throw new NotSimulated("this format of to_char", format);
    }
    const [whole, short, name, plain] = match;
    if (name === undefined) {
      shown += plain ?? whole;
    } else {
      shown += field(name, value, short !== undefined);
    }
  }
  return shown;
}

function field(name: string, value: Whole, isShort: boolean): string {
  const { days, micros } = momentOf(value);
  const { year, month, day } = dateOf(days);
  const seconds = Math.floor(micros / 1_000_000);
  const hour = Math.floor(seconds / 3600);
  const pad = (number: number, length: number): string =>
    isShort ? String(number) : String(number).padStart(length, "0");
  const fill = (text: string): string => (isShort ? text : text.padEnd(NAME_LENGTH));
  if (year <= 0) {
    throw new NotSimulated("to_char of a year before 1");
  }
  switch (name) {
    case "YYYY":
      return pad(year, 4);
    case "YYY":
      return pad(year % 1000, 3);
    case "YY":
      return pad(year % 100, 2);
    case "Y":
      return pad(year % 10, 1);
    case "IYYY":
      return pad(isoYearOf(days), 4);
    case "MM":
      return pad(month, 2);
    case "DD":
      return pad(day, 2);
    case "DDD":
      return pad(days - daysOf(year, 1, 1) + 1, 3);
    case "IDDD":
      return pad((weekOf(days) - 1) * 7 + (weekdayOf(days) || 7), 3);
    case "ID":
      return pad(weekdayOf(days) || 7, 1);
    case "D":
      return pad(weekdayOf(days) + 1, 1);
    case "HH24":
      return pad(hour, 2);
    case "HH":
    case "HH12":
      return pad(hour % 12 === 0 ? 12 : hour % 12, 2);
    case "MI":
      return pad(Math.floor(seconds / 60) % 60, 2);
    case "SS":
      return pad(seconds % 60, 2);
    case "MS":
      return String(Math.trunc((micros % 1_000_000) / 1000)).padStart(3, "0");
    case "US":
      return String(micros % 1_000_000).padStart(6, "0");
    case "IW":
      return pad(weekOf(days), 2);
    case "WW":
      return pad(Math.floor((days - daysOf(year, 1, 1)) / 7) + 1, 2);
    case "W":
      return pad(Math.floor((day - 1) / 7) + 1, 1);
    case "Q":
      return pad(Math.floor((month - 1) / 3) + 1, 1);
    case "AM":
    case "PM":
      return hour < 12 ? "AM" : "PM";
    case "am":
    case "pm":
      return hour < 12 ? "am" : "pm";
    default:
      return nameOf(name, MONTHS[month - 1] ?? "", DAYS[weekdayOf(days)] ?? "", fill);
  }
}

function nameOf(
  pattern: string,
  month: string,
  day: string,
  fill: (text: string) => string,
): string {
  const isMonth = /^mon/i.test(pattern);
  const isWhole = /^(?:month|day)$/i.test(pattern);
  const name = isMonth ? month : day;
  const text = isWhole ? fill(name) : name.slice(0, 3);
  if (pattern === pattern.toUpperCase()) {
    return text.toUpperCase();
  }
  return pattern === pattern.toLowerCase() ? text.toLowerCase() : text;
}
