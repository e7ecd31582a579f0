import { describe, expect, it } from "vitest";
import { parseTracestate } from "./trace-state.ts";

const members = (count: number, length: number) =>
  Array.from({ length: count }, (_, nr) => `k${nr}=`.padEnd(length, "v"));

describe("parseTracestate", () => {
  it.each([
    [["congo=t61rcWkgMzE"], "congo=t61rcWkgMzE"],
    [["rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"], "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"],
    [["rojo=1", "congo=2"], "rojo=1,congo=2"],
    [["rojo=1 ,\t congo=2,,"], "rojo=1,congo=2"],
    [["fw529a3039@dt=FfAAAAA, a-_*/9= a !\"#'()~"], "fw529a3039@dt=FfAAAAA,a-_*/9= a !\"#'()~"],
    [members(32, 10), members(32, 10).join(",")],
  ])("passes on %j", (values, expected) => {
    expect(parseTracestate(values)).toBe(expected);
  });

  it("lets the longest members go first where there is too much, then the last", () => {
    const long = "long=".padEnd(129, "v");
    const most = members(5, 100);
    expect(parseTracestate([long, ...most.slice(0, 3)])).toBe(
      [long, ...most.slice(0, 3)].join(","),
    );
    expect(parseTracestate([long, ...most])).toBe(most.join(","));
    expect(parseTracestate(members(6, 100))).toBe(members(6, 100).slice(0, 5).join(","));
  });

  it.each([
    [[]],
    [[""]],
    [["rojo"]],
    [["Rojo=1"]],
    [["rojo=1,rojo=2"]],
    [["rojo=1=2"]],
    [["rojo="]],
    [["rojo=\u00e9"]],
    [["rojo=1", "=2"]],
    [["@dt=1"]],
    [["k=".padEnd(259, "v")]],
    [members(33, 5)],
  ])("passes nothing on of %j", (values) => {
    expect(parseTracestate(values)).toBeUndefined();
  });
});
