import fc from "fast-check";
import { expect, it } from "vitest";
import { shareRuns } from "./share-runs.ts";

it("gives every run of a round away, and to each scenario its even share at least", () => {
  const found = fc.array(fc.double({ min: 0, max: 1_000, noNaN: true }), {
    minLength: 1,
    maxLength: 9,
  });
  fc.assert(
    fc.property(fc.constantFrom(2, 4, 8, 16, 32), found, (size, each) => {
      const shares = shareRuns(size, each);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(size * each.length);
      expect(Math.min(...shares)).toBeGreaterThanOrEqual(Math.max(1, size / 4) - 0.5);
    }),
  );
});

it.each([
  [32, [0, 0, 0], [32, 32, 32]],
  [32, [9, 0, 0], [80, 8, 8]],
  [32, [2, 1, 1], [44, 26, 26]],
  [2, [1, 1, 1], [2, 2, 2]],
  [2, [1, 0, 0], [4, 1, 1]],
  [2, [3, 2, 1], [3, 2, 1]],
])("shares %i for each among those that found %j as %j", (size, found, shares) => {
  expect(shareRuns(size, found)).toEqual(shares);
});
