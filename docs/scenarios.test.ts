import { expect, test } from "vitest";
import { SCENARIOS } from "../scenarios/catalogue.ts";
import { MUTANTS } from "../scenarios/mutants/mutants.ts";
import { PROMISES } from "../scenarios/promises/promises.ts";
import { readProjectFile } from "../tools/docs/pages.ts";

const text = readProjectFile("docs/scenarios.md");
const rows = text.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| nr"));

/** What is named like code in a column of the rows that have so many. */
function namedIn(columns: number, column: number): readonly (readonly string[])[] {
  return rows
    .map((line) => line.split("|").slice(1, -1))
    .filter((cells) => cells.length === columns)
    .map((cells) => [...(cells[column] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
}

test("all 22 situations name scenarios of the catalogue, and mutants that there are", () => {
  const scenarios = SCENARIOS.map(({ name }) => name);
  const mutants = MUTANTS.map(({ id }) => id);
  expect(namedIn(4, 2)).toHaveLength(22);
  expect(
    namedIn(4, 2)
      .flat()
      .filter((name) => !scenarios.includes(name)),
  ).toEqual([]);
  expect(
    namedIn(4, 3)
      .flat()
      .filter((id) => !mutants.includes(id)),
  ).toEqual([]);
});

test("each defect names mutants, and the promises that must notice them", () => {
  const promises = PROMISES.map(({ name }) => name);
  const defects = namedIn(3, 1).slice(1);
  const noticed = namedIn(3, 2).slice(1);
  expect(noticed.flat().filter((name) => !promises.includes(name))).toEqual([]);
  for (const [index, ids] of defects.entries()) {
    const breaks = MUTANTS.filter(({ id }) => ids.includes(id)).map((each) => each.breaks);
    expect([ids, [...new Set(breaks)].toSorted()]).toEqual([ids, noticed[index]?.toSorted()]);
  }
});
