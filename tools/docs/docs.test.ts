import { describe, expect, it, test } from "vitest";
import { BLOCKS, writeBlock } from "./blocks.ts";
import { fillBlocks } from "./fill-blocks.ts";
import { list, table } from "./markdown.ts";
import { pages, readProjectFile } from "./pages.ts";

test.each(pages)("the generated blocks of %s say what the code says", (page) => {
  const text = readProjectFile(page);
  expect(text, `${page} is stale: run npm run docs`).toBe(fillBlocks(text, writeBlock));
});

test("every block stands on some page", () => {
  const text = pages.map(readProjectFile).join("\n");
  const unused = [...BLOCKS.keys()].filter((name) => !text.includes(`<!-- generated: ${name} -->`));
  expect(unused).toEqual([]);
});

describe("fillBlocks", () => {
  const write = (name: string) => `what ${name} says`;

  it("replaces what stands in a block, and nothing else", () => {
    const page = "before\n<!-- generated: a b -->\nold\n\nolder\n<!-- end -->\nafter\n";
    const filled = "before\n<!-- generated: a b -->\n\nwhat a b says\n\n<!-- end -->\nafter\n";
    expect(fillBlocks(page, write)).toBe(filled);
    expect(fillBlocks(filled, write)).toBe(filled);
  });

  it.each([
    ["a block without an end", "<!-- generated: a -->\n", /the block a has no end/],
    [
      "a block in a block",
      "<!-- generated: a -->\n<!-- generated: b -->\n<!-- end -->",
      /the block a has no end before the block b/,
    ],
    ["an end without a block", "<!-- end -->", /an end without a block/],
  ])("refuses %s", (_what, page, message) => {
    expect(() => fillBlocks(page, write)).toThrow(message);
  });

  it("refuses a block that nobody writes, and says which there are", () => {
    expect(() => fillBlocks("<!-- generated: prices -->\n<!-- end -->", writeBlock)).toThrow(
      /there is no block prices; there are: promises, /,
    );
  });
});

describe("Markdown", () => {
  it("pads the columns of a narrow table", () => {
    expect(table(["a", "of"], [["b | c", "d"]])).toBe(
      ["| a      | of |", "| ------ | -- |", "| b \\| c | d  |"].join("\n"),
    );
  });

  it("does not pad the last column where a line would be too wide", () => {
    const rows = [
      ["d", "long ".repeat(30)],
      ["longer", "e"],
    ];
    const [head, rule] = table(["a", "b"], rows).split("\n");
    expect([head, rule]).toEqual(["| a      | b |", "| ------ | --- |"]);
  });

  it("breaks the entries of a list between words", () => {
    const lines = list(["word ".repeat(40).trim(), "next"]).split("\n");
    expect(lines.map((line) => line.slice(0, 6))).toEqual(["- word", "  word", "- next"]);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
  });
});
