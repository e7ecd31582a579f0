import { expect, test } from "vitest";
import {
  brokenEvidence,
  certificateEvidence,
  heldEvidence,
  hostileEvidence,
  unknownEvidence,
} from "../testing/sample-evidence.ts";
import { reportText, summaryText } from "./summary-text.ts";

const OPTIONS = { wallMs: 9_500, color: false };

test("a run that held ends with aligned counts, promises, verdict and speed", () => {
  expect(summaryText(heldEvidence, OPTIONS)).toBe(
    [
      "transfer: A payment survives a crash between commit and publish",
      "",
      "  runs            400  simulated world, seeds 1 to 400",
      "  level        rough (processes of a service: 1 to 3)",
      "  payments     24 000",
      "    completed  22 841",
      "    refused     1 159",
      "                1 102  INSUFFICIENT_BALANCE",
      "                   57  WALLET_NOT_FOUND",
      "  crashes         400  fired of 400 planned",
      "  lost replies    120  fired of 120 planned",
      "  cases             2  reached of 2 that are aimed at",
      "",
      "  promises",
      "    balanced        held     118 400 checks",
      "    conservation    held     118 400 checks",
      "    ends            held         400 checks",
      "    no-overdraft    held     118 400 checks",
      "    one-effect      held     118 400 checks",
      "    published       held         400 checks",
      "    verdicts-agree  held      24 000 checks",
      "",
      "  verdict      PASS  Every promise held in 400 runs with 24 000 payments.",
      "  last failed  mutant F0 broke ends in run 2",
      "  traces       400 distinct in 400 runs; about 100 % of further runs would leave a new one",
      "  situations   912 distinct, 114 in one run only; about 1.3 % of what further runs come to would be new",
      "  failures     none in 400 runs: with 95 % confidence a run fails with a probability below 0.75 % (the rule of three, 3/400), for plans drawn as these were",
      "  trace        5f0c9b1e6d3a47c2a1b88e09d4f7316502c9ae5b7740d8e1f36a2b90c4d5e6f7  the same for the same seeds",
      "  speed        42.1 seeds per second, 380 simulated seconds per second, in 9.5 s",
    ].join("\n"),
  );
});

test("the report's place is a line more, for when it was written", () => {
  expect(reportText("out/report.html")).toBe("  report       out/report.html");
});

test("broken promises and a mutant are named", () => {
  const text = summaryText(brokenEvidence, OPTIONS);
  expect(text).toContain("mutant F0: the services are broken on purpose.");
  expect(text).toMatch(/ends +BROKEN +400 checks, broken in 37 runs/u);
  expect(text).toMatch(/unfinished +37\n/u);
  expect(text).toContain("FAIL  2 of 7 promises were broken, in up to 37 of 400 runs.");
});

test("what it means that nothing failed is not told where something did, nor of a few runs", () => {
  expect(summaryText(brokenEvidence, OPTIONS)).not.toContain("failures ");
  const few = { ...heldEvidence, totals: { ...heldEvidence.totals, runs: 3 } };
  expect(summaryText(few, OPTIONS)).toContain("failures     3 runs are too few to say");
});

test("an unknown verdict says why, and which seeds were left", () => {
  const text = summaryText(unknownEvidence, OPTIONS);
  expect(text).toContain("212  simulated world, 212 of 400 (seeds 1 to 400)\n");
  expect(text).toContain("UNKNOWN  Nothing broke, but too little was tried");
  expect(text).toContain("\n               1 of 212 planned crashes never fired.");
});

test("a run stopped before its first seed was done claims none", () => {
  const seeds = { first: 1, last: 400, completed: 0 };
  expect(summaryText({ ...unknownEvidence, seeds }, OPTIONS)).toContain(
    "simulated world, none of 400 (seeds 1 to 400)",
  );
});

test("colour is given only when asked for, and a hostile text brings none", () => {
  expect(summaryText(heldEvidence, { ...OPTIONS, color: true })).toContain("\u001b[32mPASS");
  expect(summaryText(hostileEvidence, OPTIONS)).not.toContain("\u001b");
});

test("simulated seconds are not claimed for the real world", () => {
  const text = summaryText({ ...heldEvidence, world: "real" }, OPTIONS);
  expect(text).toContain("42.1 seeds per second, in 9.5 s");
});

test("a certificate tells of effects, points and pairs, and of each violation that it has room for", () => {
  const text = summaryText(certificateEvidence, OPTIONS);
  expect(text).toContain("effects      120 effects, 300 points: batches as they ship, 20 requests");
  expect(text).toContain("points       120 fired of 120 tried: crash before an effect");
  expect(text).toContain("pairs        98 fired of 100 tried, of 61 200 that there are");
  expect(text).toContain("violations   in 0 runs");
  expect(text).toContain("42.2 runs per second");
});
