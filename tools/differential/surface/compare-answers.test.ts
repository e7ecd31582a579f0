import { describe, expect, test } from "vitest";
import { type Answer, NOTHING_ANSWERED, type StatementAnswer } from "../servers/oracle.ts";
import { compareAnswers } from "./compare-answers.ts";

const one = rows([["1"], ["2"]]);

describe("what two answers come to", () => {
  test.for<{
    name: string;
    engine: Answer;
    real: Answer;
    isOrdered?: boolean;
    isBare?: boolean;
    comes: string;
  }>([
    { name: "the same rows", engine: one, real: one, comes: "same" },
    { name: "an order that is open", engine: rows([["2"], ["1"]]), real: one, comes: "same" },
    {
      name: "an order that is not",
      engine: rows([["2"], ["1"]]),
      real: one,
      isOrdered: true,
      comes: "values",
    },
    { name: "another type", engine: rows([["1"], ["2"]], 20), real: one, comes: "types" },
    { name: "an error that is not there", engine: failed("22012"), real: one, comes: "rejected" },
    { name: "an error that is missed", engine: one, real: failed("22012"), comes: "accepted" },
    { name: "another error", engine: failed("42883"), real: failed("22012"), comes: "code" },
    { name: "other words", engine: failed("22012", "x"), real: failed("22012"), comes: "words" },
    {
      name: "an error in a value that may not be needed",
      engine: one,
      real: failed("22012"),
      isBare: false,
      comes: "evaluation",
    },
    { name: "a refusal", engine: refused(), real: failed("22012"), comes: "refused" },
  ])("$name: $comes", ({ engine, real, isOrdered = false, isBare = true, comes }) => {
    const comparison = compareAnswers(engine, real, { isOrdered, isBare });
    expect(comparison.kind === "wrong" ? comparison.how : comparison.kind).toBe(comes);
  });
});

function rows(given: StatementAnswer["rows"], typeOid = 23): Answer {
  const fields = [{ name: "n", typeOid }];
  return {
    ...NOTHING_ANSWERED,
    results: [{ command: "SELECT", count: given.length, fields, rows: given }],
  };
}

function failed(code: string, message = "no"): Answer {
  return { ...NOTHING_ANSWERED, error: { severity: "ERROR", code, message } };
}

function refused(): Answer {
  return { ...NOTHING_ANSWERED, refusal: { feature: "windows", fragment: "OVER" } };
}
