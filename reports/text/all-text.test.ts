import { expect, test } from "vitest";
import { everyEvidence } from "../testing/sample-evidence.ts";
import { allAnnotations, allStepSummary, allSummaryText } from "./all-text.ts";

test("the end of all is a line for each scenario, the verdict, and why one proves nothing", () => {
  const lines = allSummaryText(everyEvidence, { wallMs: 9_500, color: false }).split("\n");
  expect(lines.slice(0, 4)).toEqual([
    expect.stringMatching(/^ {2}scenario +verdict +runs +payments +faults +situations$/),
    expect.stringMatching(/^ {2}transfer +PASS +400 +24 000 +520 +912$/),
    expect.stringMatching(/^ {2}retries +FAIL +400 /),
    expect.stringMatching(/^ {2}shortages +UNKNOWN +/),
  ]);
  expect(lines[5]).toMatch(
    /^ {2}FAIL {2}A promise was broken in retries, of 3 scenarios with .* runs\. It took 9\.5 s\.$/,
  );
  expect(lines[6]).toMatch(/^ {4}shortages: Unfinished: it was stopped after/);
});

test("a step is marked once for each scenario that is no pass, and its summary tells of all", () => {
  expect(allAnnotations(everyEvidence)).toMatch(
    /^::error title=retries[^\n]*\n::warning title=shortages[^\n]*\n$/,
  );
  const text = allStepSummary(everyEvidence);
  expect(text).toMatch(/^### FAIL: 3 scenarios$/m);
  expect(text).toMatch(/^\| transfer \| PASS \| 400 /m);
  expect(text).toMatch(/^### FAIL: retries/m);
  expect(text).not.toMatch(/^### PASS/m);
});
