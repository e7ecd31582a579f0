import { expect, test } from "vitest";
import { counted, durationInWords, groupedNumber } from "./number-words.ts";

test.for([
  [0, "0"],
  [999, "999"],
  [4_210, "4 210"],
  [12_345_678, "12 345 678"],
] as const)("%i is written %s", ([value, text]) => {
  expect(groupedNumber(value)).toBe(text);
});

test("one of a thing is singular, none and many are plural", () => {
  expect([0, 1, 4_210].map((value) => counted(value, "crash", "crashes"))).toEqual([
    "0 crashes",
    "1 crash",
    "4 210 crashes",
  ]);
});

test.for([
  [0, "0 ms"],
  [999, "999 ms"],
  [9_500, "9.5 s"],
  [119_400, "119.4 s"],
  [125_000, "2 min 5 s"],
  [3_600_000, "1 h"],
  [3_720_000, "1 h 2 min"],
] as const)("%i ms last %s", ([durationMs, text]) => {
  expect(durationInWords(durationMs)).toBe(text);
});
