import { describe, expect, test } from "vitest";
import { CASE_RUNS_MIN, casesAreDue, exitCodeOf, EXIT_CODES, verdictOf } from "./verdict.ts";

describe("exit codes", () => {
  test.for([
    ["pass", 0],
    ["fail", 1],
    ["unknown", 5],
  ] as const)("the verdict %s ends the process with %i", ([verdict, code]) => {
    expect(exitCodeOf(verdict)).toBe(code);
  });

  test("each number stands once, with a meaning, and the table is what pipelines know", () => {
    expect(EXIT_CODES.map(({ code, name }) => `${code} ${name}`)).toEqual([
      "0 held",
      "1 broken",
      "2 usage",
      "3 internal",
      "4 environment",
      "5 unknown",
    ]);
    for (const { meaning } of EXIT_CODES) {
      expect(meaning).toMatch(/^[A-Z].*\.$/u);
    }
  });
});

describe("verdicts", () => {
  const held = {
    runs: 2,
    payments: 6,
    faults: [{ many: "crashes", planned: 2, fired: 2, impossible: 0 }],
    cases: [{ name: "a payment is settled", count: 3 }],
    ended: "complete" as const,
    asked: 2,
    promises: [{ name: "ends", checks: 2, brokenRuns: 0 }],
  };

  test("promises that held over runs that were exercised pass", () => {
    expect(verdictOf(held)).toEqual({ verdict: "pass", doubts: [] });
  });

  test("a broken promise fails, even in a run that was interrupted", () => {
    const promises = [{ name: "ends", checks: 2, brokenRuns: 1 }];
    expect(verdictOf({ ...held, promises, ended: "interrupted", asked: 3 })).toEqual({
      verdict: "fail",
      doubts: [],
    });
  });

  test.for([
    [
      { faults: [{ many: "crashes", planned: 2, fired: 1, impossible: 0 }] },
      "1 of 2 planned crashes never fired.",
    ],
    [
      { faults: [{ many: "pauses", planned: 3, fired: 1, impossible: 2 }] },
      "2 of 3 planned pauses cannot be made in this world.",
    ],
    [{ ended: "interrupted", asked: 5 }, "Unfinished: it was stopped after 2 of 5 seeds."],
    [{ ended: "time-limit", asked: 5 }, "Unfinished: its time was over after 2 of 5 seeds."],
    [
      { ended: "error", asked: 3 },
      "Unfinished: an error of the testbed ended it after 2 of 3 seeds.",
    ],
    [{ runs: 0, asked: 0 }, "No run was completed."],
    [{ payments: 0 }, "No payment was made, so nothing was exercised."],
    [
      {
        runs: CASE_RUNS_MIN,
        payments: CASE_RUNS_MIN,
        cases: [{ name: "a late verdict is absorbed", count: 0 }],
      },
      `Never reached in ${CASE_RUNS_MIN} runs: a late verdict is absorbed.`,
    ],
    [{ promises: [] }, "No promise was judged."],
    [
      { promises: [{ name: "ends", checks: 0, brokenRuns: 0 }] },
      "The promise ends was never checked.",
    ],
  ] as const)("%o is unknown, never a pass", ([change, doubt]) => {
    expect(verdictOf({ ...held, ...change })).toEqual({ verdict: "unknown", doubts: [doubt] });
  });

  test("a case is due at the level that scenarios describe, and at no other", () => {
    expect([{ name: "calm" }, { name: "rough" }, { name: "wild" }, null].map(casesAreDue)).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  test("a few runs may miss a case", () => {
    const cases = [{ name: "a late verdict is absorbed", count: 0 }];
    const runs = CASE_RUNS_MIN - 1;
    expect(verdictOf({ ...held, runs, payments: runs, cases }).verdict).toBe("pass");
  });
});
