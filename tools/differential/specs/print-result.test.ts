import { expect, test } from "vitest";
import { printResult } from "./print-result.ts";

test("columns of numbers stand to the right, others to the left, as PQprint has them", () => {
  const printed = printResult({
    command: "SELECT",
    count: 2,
    fields: [
      { name: "id", typeOid: 23 },
      { name: "note", typeOid: 25 },
      { name: "amount", typeOid: 1700 },
    ],
    rows: [
      ["1", "a", "10.50"],
      ["20", null, null],
    ],
  });
  expect(printed).toBe(
    [
      "id|note|amount",
      "--+----+------",
      " 1|a   | 10.50",
      "20|    |      ",
      "(2 rows)",
      "",
      "",
    ].join("\n"),
  );
});

test("a command without rows prints nothing", () => {
  expect(printResult({ command: "COMMIT", count: null, fields: [], rows: [] })).toBe("");
});
