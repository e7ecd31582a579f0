import { expect, test } from "vitest";
import {
  brokenEvidence,
  heldEvidence,
  hostileEvidence,
  unknownEvidence,
} from "../testing/sample-evidence.ts";
import { annotation, stepSummary } from "./github-text.ts";

const broken = { ...brokenEvidence, mutant: null };

test("a broken promise is an error on one line, a run that proves nothing a warning", () => {
  expect(annotation(heldEvidence)).toBe("");
  expect(annotation(broken)).toMatch(
    /^::error title=transfer%3A a promise was broken::ends broken: .*%0Afirst: .*%0Areplay: .*\n$/,
  );
  expect(annotation(unknownEvidence)).toMatch(/^::warning title=[^\n]*never fired\.\n$/);
});

test("a mutant that is noticed is no error, and one that is not is", () => {
  expect(annotation(brokenEvidence)).toBe("");
  expect(annotation({ ...heldEvidence, mutant: brokenEvidence.mutant })).toContain("not noticed");
});

test("the summary of a step has the verdict, each promise and the command", () => {
  const text = stepSummary(broken);
  expect(text).toContain("### FAIL: transfer, simulated world");
  expect(text).toContain("| ends | **broken** | ");
  expect(text).toContain(`    ${broken.command}`);
});

test("hostile texts add no line to a table, no markup and no command", () => {
  const held = stepSummary(hostileEvidence).split("\n");
  expect(held.filter((line) => line.startsWith("| "))).toHaveLength(
    hostileEvidence.promises.length + 2,
  );
  expect(held.filter((line) => !line.startsWith("    ")).join("\n")).not.toMatch(/<script|<img/);
  expect(annotation({ ...hostileEvidence, mutant: null }).trimEnd()).not.toContain("\n");
});
