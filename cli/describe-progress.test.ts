import { expect, test } from "vitest";
import { describeProgress } from "./describe-progress.ts";

test.for([
  [400, 100, 5_000, "100 of 400 seeds, 20.0 a second, about 15 s left"],
  [1, 1, 100, "1 of 1 seed, 10.0 a second, nothing left"],
  [10_000, 10, 1_000, "10 of 10 000 seeds, 10.0 a second, about 16 min 39 s left"],
  [4_294_967_296, 3, 60, "3 of 4 294 967 296 seeds, 50.0 a second, more than a day left"],
  [null, 30, 1_000, "30 seeds, 30.0 a second"],
] as const)("%j seeds after %i", ([total, done, elapsedMs, words]) => {
  expect(describeProgress({ kind: "seed", done, simulatedMs: 0 }, total, elapsedMs)).toBe(words);
});

test("one variant is one", () => {
  const words = describeProgress({ kind: "shrink", done: 1, simulatedMs: 0 }, 2, 9);
  expect(words).toContain("1 variant tried");
});
