import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { PATCHED_MUTANTS } from "../scenarios/mutants/source-patches.ts";
import { applyPatches } from "./apply-patches.ts";

const PATCH = { file: "system/a.ts", find: "<", replace: "<=" };

it("a patch changes its own file, where what it replaces stands once", () => {
  expect(applyPatches("a < b", "system/a.ts", [PATCH])).toBe("a <= b");
  expect(applyPatches("a < b", "system/b.ts", [PATCH])).toBe("a < b");
});

it("a patch is refused where the source has changed under it", () => {
  expect(() => applyPatches("a > b", "system/a.ts", [PATCH])).toThrow(/"<" is there 0 times/);
  expect(() => applyPatches("a < b < c", "system/a.ts", [PATCH])).toThrow(/is there 2 times/);
});

it.each(PATCHED_MUTANTS)(
  "the patches of mutant $id fit the source as it is",
  ({ patches = [] }) => {
    for (const { file } of patches) {
      const source = readFileSync(new URL(`../${file}`, import.meta.url), "utf8");
      expect(applyPatches(source, file, patches)).not.toBe(source);
    }
  },
);
