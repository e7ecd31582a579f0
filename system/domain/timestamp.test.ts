import { expect, it } from "vitest";
import { formatTimestamp, parseTimestamp } from "./timestamp.ts";

it("is written in UTC, to the millisecond", () => {
  expect(formatTimestamp(1_795_627_200_007)).toBe("2026-11-25T17:20:00.007Z");
});

it.each(["2026-11-25T17:20:00.007Z", "2026-11-25T21:20:00.007+04:00", "2026-11-25t17:20:00.007z"])(
  "is read from %s",
  (text) => {
    expect(parseTimestamp(text)).toBe(1_795_627_200_007);
  },
);

it.each(["", "2026-11-25", "2026-11-25T17:20", "2026-13-25T17:20:00Z", "Wed Nov 25 2026", "0"])(
  "is not read from %j",
  (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  },
);
