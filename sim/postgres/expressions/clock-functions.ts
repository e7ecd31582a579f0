import { ageOf } from "../functions/date-time.ts";
import type { Execution } from "../rows/execution.ts";
import { momentOf, timestampOf } from "../types/calendar.ts";
import type { Datum } from "../types/datum.ts";
import { whole } from "../types/whole.ts";

/** From 1970-01-01 to 2000-01-01, where PostgreSQL's timestamps begin. */
const EPOCH_SHIFT_US = 946_684_800_000_000;

/** age() of one argument counts back from the midnight that began the day. */
function ageToday(execution: Execution, earlier: Datum): Datum {
  const now = execution.transactionStartedUs - EPOCH_SHIFT_US;
  return ageOf(timestampOf(momentOf(now).days, 0), whole(earlier));
}

/** The functions that depend on the host's clock or its dice, by PostgreSQL's names for them. */
export const CLOCK_FUNCTIONS: readonly (readonly [
  string,
  (execution: Execution, ...values: Datum[]) => Datum,
])[] = [
  ["now", (execution) => execution.transactionStartedUs - EPOCH_SHIFT_US],
  ["statement_timestamp", (execution) => execution.statementStartedUs - EPOCH_SHIFT_US],
  ["clock_timestamp", (execution) => execution.host.nowUs() - EPOCH_SHIFT_US],
  ["age(timestamp)", (execution, earlier = null) => ageToday(execution, earlier)],
  ["age(timestamptz)", (execution, earlier = null) => ageToday(execution, earlier)],
  ["gen_random_uuid", ({ host }) => randomUuid((count) => host.choose(count))],
  ["drandom", ({ host }) => host.choose(2 ** 31) / 2 ** 31],
];

/** Version 4, variant 1, of RFC 4122. */
function randomUuid(choose: (count: number) => number): string {
  const digits = Array.from({ length: 8 }, () => choose(65_536).toString(16).padStart(4, "0"));
  const hex = digits.join("");
  const variant = "89ab"[choose(4)] ?? "8";
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join("-");
}
