import { expect, test } from "vitest";
import { everyEvidence, heldEvidence, unknownEvidence } from "../testing/sample-evidence.ts";
import { allEvidence, encodeAllEvidence } from "./all-evidence.ts";

test("the verdict of several scenarios is the worst of theirs", () => {
  const verdictOf = (...scenarios: typeof everyEvidence.scenarios) =>
    allEvidence({ ...everyEvidence, scenarios }).verdict;
  expect(everyEvidence.verdict).toBe("fail");
  expect(verdictOf(heldEvidence, unknownEvidence, heldEvidence)).toBe("unknown");
  expect(verdictOf(heldEvidence, heldEvidence)).toBe("pass");
  expect(verdictOf()).toBe("unknown");
});

test("evidence is not written with a verdict that is not that of its scenarios", () => {
  expect(encodeAllEvidence(everyEvidence)).toBe(encodeAllEvidence(structuredClone(everyEvidence)));
  expect(() => encodeAllEvidence({ ...everyEvidence, verdict: "pass" })).toThrow(
    /it is "pass", its scenarios are not/,
  );
  const [held = heldEvidence, ...others] = everyEvidence.scenarios;
  const wrong = { ...held, verdict: "fail" } as const;
  expect(() => encodeAllEvidence({ ...everyEvidence, scenarios: [wrong, ...others] })).toThrow(
    /no promise was broken/,
  );
});
