import { expect, it } from "vitest";
import { TwoResults } from "../scenarios/sweeps/two-results.ts";
import { exitCodeOfError, explain } from "./failures.ts";

it("one plan that gave two results is exit code 3, and is told without a stack", () => {
  const error = new TwoResults("one plan gave two results: seed 7\nthe runs part at event 3");
  expect(exitCodeOfError(error)).toBe(3);
  expect(explain(error)).toBe(`falconpay: ${error.message}`);
});

it("any other error is exit code 3 too, and is told with where it came from", () => {
  const error = new TypeError("undefined is not a function");
  expect(exitCodeOfError(error)).toBe(3);
  expect(explain(error)).toMatch(/an error of its own.*failures\.test\.ts/s);
});
