import fc from "fast-check";
import { expect, test } from "vitest";
import { sortInPlace } from "./sort-in-place.ts";

test("a list is sorted as by sort, equal elements staying in their order", () => {
  const elements = fc.array(fc.record({ key: fc.nat(5), name: fc.nat() }), { maxLength: 20 });
  fc.assert(
    fc.property(elements, (list) => {
      const byKey = (left: { key: number }, right: { key: number }) => left.key - right.key;
      const sorted = [...list];
      sortInPlace(sorted, byKey);
      expect(sorted).toEqual(list.toSorted(byKey));
    }),
  );
});
