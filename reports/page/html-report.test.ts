import { describe, expect, test } from "vitest";
import type { Evidence } from "../evidence/evidence.ts";
import {
  brokenEvidence,
  certificateEvidence,
  everyEvidence,
  heldEvidence,
  hostileEvidence,
  unknownEvidence,
} from "../testing/sample-evidence.ts";
import { renderAllHtml } from "./all-report.ts";
import { renderHtml } from "./html-report.ts";

test("the same evidence gives the same page", () => {
  expect(renderHtml(structuredClone(brokenEvidence))).toBe(renderHtml(brokenEvidence));
});

test("the page names no address of any network and holds no script", () => {
  for (const evidence of [heldEvidence, brokenEvidence, unknownEvidence]) {
    expect(renderHtml(evidence)).not.toMatch(/https?:|<script|\son\w+=|javascript:/iu);
  }
});

test("hostile texts are shown, never obeyed", () => {
  const page = renderHtml(hostileEvidence);
  expect(page).not.toMatch(/<script|<img|<b>[^<]*<script|<\/style><style/u);
  for (const acting of ["\u001b", "\u0007", "\u202E", "\u2066"]) {
    expect(page).not.toContain(acting);
  }
  expect(page).toContain("&lt;script&gt;document.title=&#39;taken&#39;&lt;/script&gt;");
});

describe("what the page says", () => {
  test.for<readonly [string, Evidence, readonly string[]]>([
    [
      "a run that held says so, what it rests on, and how far chance can be excluded",
      heldEvidence,
      [
        "Every promise held in 400 runs with 24 000 payments.",
        "This rests on 400 runs in the simulated world, seeds 1 to 400.",
        "Nothing: no promise was broken in any of the 400 runs.",
        "with a probability below 0.75 % (the rule of three, 3/400)",
        "The simulated world is a model: where the model is wrong, so is what it shows.",
        "Only crashes and lost replies were planned in the scenario transfer",
        "Not tried: pauses.",
        "payment-1 after accept.commit 61",
        "Where lost replies were planned",
        "Each of them was reached.",
        "a key is used twice at once 12",
      ],
    ],
    [
      "a certificate says what an effect is, how many there were and what was done at each",
      certificateEvidence,
      [
        "An effect is one exchange between a process of the services and the outside",
        "All 300 were tried: none was left out.",
        "With batches as they ship",
        "A crash before an effect 120 120",
        "100 of the 61 200 pairs that there are were tried",
        "Both struck in 98; in the others",
        "In none of these runs was a promise broken.",
      ],
    ],
    [
      "a mutant is announced loudly, and its failure as expected",
      brokenEvidence,
      [
        "The services were broken on purpose.",
        "A failure is what was expected here",
        "Broken, as expected",
        "In 37 of 400 runs, first with seed 17",
        "npm run falconpay -- replay out/ends-17.json",
        "Broken too, without a story of its own: published in 37 runs",
      ],
    ],
    [
      "a mutant that nothing noticed is no good news",
      { ...heldEvidence, mutant: brokenEvidence.mutant },
      ["Not noticed", "A failure was expected, and none came"],
    ],
    [
      "a search that ended at its first failure says so",
      {
        ...brokenEvidence,
        seeds: { first: 1, last: 400, completed: 17 },
        ended: "first-failure",
      },
      [
        "The search ended at the first failure, after 17 of 400 seeds.",
        "17 of 400 (seeds 1 to 400).",
      ],
    ],
    [
      "an interrupted run says what was done and why it proves nothing",
      unknownEvidence,
      [
        "Unknown",
        "212 of 400 seeds were done",
        "1 of 212 planned crashes never fired.",
        "Of 2 cases, those never reached: 1; fewer than 300 runs may miss one.",
        "The verdict says why this is not a pass.",
        "makes the same runs again",
      ],
    ],
    [
      "the real world claims neither exact repetition nor judgement of every commit",
      {
        ...heldEvidence,
        world: "real",
        traceHash: null,
        totals: { ...heldEvidence.totals, runs: 3, commitsJudged: 0 },
        servers: [{ name: "Apache Kafka", version: "4.1.0" }],
      },
      [
        "a second run may take another course",
        "Only the end of each run was judged.",
        "3 runs are too few to say",
        "Apache Kafka",
      ],
    ],
  ])("%s", ([, evidence, sentences]) => {
    const text = textOf(renderHtml(evidence));
    for (const sentence of sentences) {
      expect(text).toContain(sentence);
    }
  });
});

/** The page as a reader sees it: without markup, one kind of space. */
function textOf(page: string): string {
  return page
    .replace(/<style>.*<\/style>/su, "")
    .replace(/<[^>]*>/gu, "")
    .replace(/\s+/gu, " ");
}

test("the fault of the smallest story stands in the table, also where no run was struck", () => {
  const [finding] = brokenEvidence.findings;
  expect(finding).toBeDefined();
  const findings = brokenEvidence.findings.map((each) => ({
    ...each,
    smallest: {
      ...each.smallest,
      faultPlaces: [{ kind: "crash", process: "wallet-1", place: "after claim" }],
    },
  }));
  const page = renderHtml({ ...brokenEvidence, findings });
  expect(page).toMatch(/after claim<\/code\s*><span class="aside"\s*>in the smallest story/);
  expect(page.match(/in the smallest story/g)).toHaveLength(1);
  expect(renderHtml(brokenEvidence).match(/in the smallest story/g)).toHaveLength(1);
});

test("a pass says when the check was last seen to fail, and what made it", () => {
  const page = renderHtml(heldEvidence);
  expect(page).toContain("mutant F0 broke ends in run 2");
  expect(page).toContain(heldEvidence.code.commit ?? "none");
  expect(page).toContain("24.21.0");
  const changed = { ...heldEvidence, code: { ...heldEvidence.code, isClean: false } };
  expect(renderHtml(changed)).toContain("with changes that are not committed");
  expect(renderHtml({ ...heldEvidence, seenToFail: [] })).toContain(
    "was not tried beside this run",
  );
});

test("the page of several scenarios leads from the verdict of all to each of them", () => {
  const page = renderAllHtml(everyEvidence);
  const text = textOf(page);
  for (const sentence of [
    "A promise was broken in retries, of 3 scenarios with",
    "transfer ✓ Held 400 24 000 520 912",
    "npm run falconpay -- run all --runs 1200",
    "Scenario shortages",
  ]) {
    expect(text).toContain(sentence);
  }
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const led = [...page.matchAll(/(?:href="#|aria-labelledby=")([^"]+)"/g)];
  for (const id of led.flatMap(([, named = ""]) => named.split(" "))) {
    expect(ids).toContain(id);
  }
});
