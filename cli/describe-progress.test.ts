import { expect, test } from "vitest";
import { describeProgress } from "./describe-progress.ts";

test.for([
  [{ first: 1, last: 400 }, 100, 5_000, "100 of 400 seeds, 20.0 a second, about 15 s left"],
  [{ first: 7, last: 7 }, 1, 100, "1 of 1 seed, 10.0 a second, nothing left"],
  [
    { first: 0, last: 9_999 },
    10,
    1_000,
    "10 of 10 000 seeds, 10.0 a second, about 16 min 39 s left",
  ],
  [
    { first: 0, last: 4_294_967_295 },
    3,
    60,
    "3 of 4 294 967 296 seeds, 50.0 a second, more than a day left",
  ],
] as const)("%j after %i seeds", ([seeds, done, elapsedMs, words]) => {
  expect(describeProgress({ kind: "seed", done, simulatedMs: 0 }, seeds, elapsedMs)).toBe(words);
});

test("one variant is one", () => {
  const words = describeProgress(
    { kind: "shrink", done: 1, simulatedMs: 0 },
    { first: 1, last: 2 },
    9,
  );
  expect(words).toContain("1 variant tried");
});
