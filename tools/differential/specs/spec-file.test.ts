import { describe, expect, test } from "vitest";
import { permutationsOf } from "./run-spec.ts";
import { parseSpec } from "./spec-file.ts";

const TWO_SESSIONS = `
# a comment with { braces }
setup { CREATE TABLE t (a int); }
setup
{
  INSERT INTO t VALUES (1);
}
teardown { DROP TABLE t; }
session "first one"
setup { BEGIN; }
step a1	{ UPDATE t SET a = 2; }
step a2 { COMMIT; }
session s2
step b1 {
  SELECT * FROM t; }
`;

describe("a spec", () => {
  test("is read with its setups, sessions, steps and markers", () => {
    const spec = parseSpec(`${TWO_SESSIONS}permutation a1 b1(*, a2 notices 2) a2(b1)\n`);
    expect(spec.setups).toEqual(["CREATE TABLE t (a int);", "\n  INSERT INTO t VALUES (1);\n"]);
    expect(spec.sessions.map(({ name }) => name)).toEqual(["first one", "s2"]);
    expect(spec.sessions[1]?.steps).toEqual([{ name: "b1", sql: "\n  SELECT * FROM t;" }]);
    expect(spec.permutations).toEqual([
      [
        { name: "a1", blockers: [] },
        { name: "b1", blockers: [{ kind: "once" }, { kind: "notices", step: "a2", count: 2 }] },
        { name: "a2", blockers: [{ kind: "step", step: "b1" }] },
      ],
    ]);
  });

  test("without permutations means every interleaving, the first session's steps first", () => {
    const permutations = permutationsOf(parseSpec(TWO_SESSIONS));
    expect(permutations.map((steps) => steps.map(({ name }) => name).join(" "))).toEqual([
      "a1 a2 b1",
      "a1 b1 a2",
      "b1 a1 a2",
    ]);
  });

  test("that is none is refused with the line", () => {
    expect(() => parseSpec("setup { SELECT 1 }\nsession s\nstep { x }")).toThrow(
      "line 3 of the spec: a name was expected",
    );
  });
});
