import { expect, test } from "vitest";
import { render, simplerTrees, type SqlTree } from "./sql-tree.ts";

const SEVEN = { value: "7" };

function tree(sort: string, ...parts: SqlTree["parts"]): SqlTree {
  return { sort, parts, shortest: sort === "optional" ? "" : "NULL" };
}

test("parameters are numbered as they are met, and one that is used twice has one number", () => {
  const both = tree("bool", tree("int4", SEVEN), " = ", tree("int4", { value: "8" }), " + ", SEVEN);
  expect(render(both)).toEqual({ sql: "$1 = $2 + $1", parameters: ["7", "8"] });
});

test("a tree is cut by what stands in it, and by what may be left out", () => {
  const sum = tree("int4", "(", tree("int4", "1"), " + ", tree("int4", SEVEN), ")");
  const whole = tree("query", "SELECT ", sum, tree("optional", " LIMIT 1"));
  const simpler = [...simplerTrees(whole)].map((one) => render(one).sql);
  expect(simpler).toContain("SELECT 1 LIMIT 1");
  expect(simpler).toContain("SELECT $1 LIMIT 1");
  expect(simpler).toContain("SELECT (NULL + $1) LIMIT 1");
  expect(simpler).toContain("SELECT (1 + $1)");
});
