import { expect, test } from "vitest";
import { brokenEvidence, heldEvidence, hostileEvidence } from "../testing/sample-evidence.ts";
import { failureText } from "./failure-text.ts";

test("a failure says the promise, how often it broke, the first case, how small it is, and how to replay it", () => {
  expect(failureText(brokenEvidence)).toBe(
    [
      "ends broken: after the faults stop, every payment is terminal within the bound; outboxes and lags are empty. 1 of 1 payment; in 37 of 400 runs",
      "first: payment p1 is PENDING at 34 210 ms, 30 s after the last fault; no event of it was ever published",
      "smallest: 1 request and 1 fault, of which none can be left out",
      "replay: npm run falconpay -- replay out/ends-17.json",
    ].join("\n"),
  );
});

test("every finding is told, apart by an empty line", () => {
  const findings = [...brokenEvidence.findings, ...brokenEvidence.findings];
  const text = failureText({ ...brokenEvidence, findings });
  expect(text.split("\n\n")).toHaveLength(2);
});

test("an extent that is not known is left out", () => {
  const findings = brokenEvidence.findings.map((finding) => ({ ...finding, extent: "" }));
  expect(failureText({ ...brokenEvidence, findings })).toContain("are empty. in 37 of 400 runs\n");
});

test("nothing found is nothing said", () => {
  expect(failureText(heldEvidence)).toBe("");
});

test("a hostile text stays on its line and commands no terminal", () => {
  const text = failureText(hostileEvidence);
  expect(text.split("\n")).toHaveLength(4);
  expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(text).toContain("\\u001b[2J");
  expect(text).toContain("\\u202erpt.exe");
});
