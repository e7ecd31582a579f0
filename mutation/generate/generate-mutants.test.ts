import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { applyPatches } from "../apply-patches.ts";
import { findGenerated, generateMutants } from "./generate-mutants.ts";
import { OPERATORS } from "./operators.ts";
import { parseSource, walk } from "./syntax.ts";

/** The sources that an operator makes of one. */
function madeBy(name: string, source: string): readonly string[] {
  const operator = OPERATORS.find((each) => each.name === name);
  return [...walk(parseSource("a.ts", source))]
    .flatMap((node) => operator?.changes(node, source) ?? [])
    .map(({ start, end, replace }) => source.slice(0, start) + replace + source.slice(end));
}

describe("an operator", () => {
  it.each<[string, string, readonly string[]]>([
    ["comparison", "a < b;", ["a <= b;"]],
    ["comparison", "a === b;", ["a !== b;"]],
    ["arithmetic", "a - b;", ["a + b;"]],
    ["arithmetic", 'a + "text";', []],
    ["logic", "a && b;", ["a || b;"]],
    ["condition", "if (a) { b(); }", ["if (!(a)) { b(); }"]],
    ["boolean", "f(true);", ["f(false);"]],
    ["literal", "f(1, 0n, 'a');", ["f(2, 0n, 'a');", "f(1, 1n, 'a');"]],
    ["removed-statement", "a();", ["{}"]],
    ["removed-await", "async () => { await a(b); };", ["async () => { a(b); };"]],
    ["swapped-arguments", "f(a, b, 1);", ["f(b, a, 1);"]],
    ["swapped-arguments", "[a, b];", ["[b, a];"]],
    [
      "sql",
      "q(`SELECT a FROM b WHERE c = $1 FOR UPDATE`);",
      ["q(`SELECT a FROM b WHERE c = $1`);"],
    ],
    ["sql", "q(`SELECT a FROM b WHERE c IS NULL`);", ["q(`SELECT a FROM b WHERE c IS NOT NULL`);"]],
    ["comparison", "let a: A extends B ? C : D;", []],
  ])("%s makes of %s: %j", (name, source, made) => {
    expect(madeBy(name, source)).toEqual(made);
  });
});

describe("the generated mutants", () => {
  const mutants = generateMutants();

  it("are many, each with an id of its own", () => {
    expect(mutants.length).toBeGreaterThan(500);
    expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
  });

  it("fit the source, and change it", () => {
    for (const { file, patches = [] } of mutants.filter((_mutant, index) => index % 10 === 0)) {
      const source = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
      expect(applyPatches(source, file, patches)).not.toBe(source);
    }
  });

  it("are found again by their ids, and by no other", () => {
    const [first] = mutants;
    expect(findGenerated(first?.id ?? "")).toEqual(first);
    expect(findGenerated("G:system/none.ts:1:logic")).toBeUndefined();
    expect(findGenerated("F0")).toBeUndefined();
  });
});
