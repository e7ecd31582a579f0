import { expect, test } from "vitest";
import { seedsAsked } from "../../reports/evidence/seeds-asked.ts";
import { seedsOf } from "./seeds.ts";

test.for([1, 2, 3, 7, 12])("%i shards have each seed once, and as many as is said", (count) => {
  const range = { first: 5, last: 14 };
  const parts = Array.from({ length: count }, (_, index) => ({ index: index + 1, count }));
  const seeds = parts.map((shard) => [...seedsOf(range, shard)]);
  expect(seeds.flat().toSorted((left, right) => left - right)).toEqual([...seedsOf(range, null)]);
  expect(seeds.map(({ length }) => length)).toEqual(
    parts.map((shard) => seedsAsked({ seeds: range, shard })),
  );
});

test("a shard has every so-manieth seed from its own on", () => {
  expect([...seedsOf({ first: 1, last: 10 }, { index: 2, count: 4 })]).toEqual([2, 6, 10]);
});
