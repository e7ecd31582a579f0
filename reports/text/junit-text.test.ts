import { expect, test } from "vitest";
import { convert } from "xmlbuilder2";
import {
  brokenEvidence,
  everyEvidence,
  heldEvidence,
  hostileEvidence,
  unknownEvidence,
} from "../testing/sample-evidence.ts";
import { junitText } from "./junit-text.ts";

const OPTIONS = { wallMs: 9_500 };
const broken = { ...brokenEvidence, mutant: null };

test("a promise is a test case, and a broken one a failure with its case and its replay", () => {
  const text = junitText([broken], OPTIONS);
  expect(text).toContain('<testsuites tests="7" failures="2" errors="0" skipped="0" time="9.500">');
  expect(text).toContain('<testcase classname="falconpay.transfer" name="conservation"/>');
  expect(text).toMatch(/name="ends">\s*<failure message="ends broken: /);
  expect(text).toContain("replay: npm run falconpay -- replay");
});

test("a run that proves nothing is an error that says why, and no pass", () => {
  const text = junitText([unknownEvidence], OPTIONS);
  expect(text).toMatch(/name="enough was tried">\s*<error message="Unfinished: it was stopped/);
  expect(junitText([heldEvidence], OPTIONS)).not.toContain("<error");
});

test("of several scenarios each is a suite, and their cases are summed up", () => {
  const text = junitText(everyEvidence.scenarios, OPTIONS);
  expect(text.match(/<testsuite name="(transfer|retries|shortages), /g)).toHaveLength(3);
  expect(text).toMatch(/<testsuites tests="22" failures="2" errors="1" skipped="0" time=/);
  expect(text.match(/ time="/g)).toHaveLength(1);
});

test("of a mutant a broken promise is what was asked for, and none broken is the failure", () => {
  expect(junitText([brokenEvidence], OPTIONS)).toMatch(
    /failures="0".*name="mutant F0 is noticed"\/>/s,
  );
  const blind = { ...heldEvidence, mutant: brokenEvidence.mutant };
  expect(junitText([blind], OPTIONS)).toMatch(/<failure message="mutant F0 was not noticed: /);
});

test("hostile texts leave it well-formed, with no test case more", () => {
  const text = junitText([{ ...hostileEvidence, mutant: null }], OPTIONS);
  expect(JSON.stringify(convert(text, { format: "object" }))).toContain("testsuites");
  expect(text.match(/<testcase /g)).toHaveLength(hostileEvidence.promises.length);
  expect(text).not.toContain("\u001b");
  expect(text).not.toContain("\u202e");
});
