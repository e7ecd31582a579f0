import { describe, expect, test } from "vitest";
import {
  brokenEvidence,
  certificateEvidence,
  heldEvidence,
  hostileEvidence,
  unknownEvidence,
} from "../testing/sample-evidence.ts";
import { decodeEvidence, encodeEvidence, UnreadableEvidence } from "./evidence-codec.ts";

const samples = [
  ["held", heldEvidence],
  ["broken", brokenEvidence],
  ["certificate", certificateEvidence],
  ["unknown", unknownEvidence],
  ["hostile", hostileEvidence],
] as const;

describe("evidence as JSON", () => {
  test.for(samples)("%s evidence comes back as it was written", ([, evidence]) => {
    expect(decodeEvidence(encodeEvidence(evidence), "evidence.json")).toEqual(evidence);
  });

  test.for(samples)("%s evidence built in another order gives the same bytes", ([, evidence]) => {
    expect(encodeEvidence(backwards(evidence))).toBe(encodeEvidence(evidence));
  });

  test("the text begins with what the file is, is indented by two, and ends with a newline", () => {
    const text = encodeEvidence(heldEvidence);
    expect(text.startsWith('{\n  "format": "falconpay-evidence",\n  "version": 5,\n')).toBe(true);
    expect(text.endsWith("}\n")).toBe(true);
  });

  test("evidence that does not keep its type is not written", () => {
    const totals = { ...heldEvidence.totals, simulatedMs: 0.5 };
    expect(() => encodeEvidence({ ...heldEvidence, totals })).toThrow(
      "evidence to be written is wrong: totals.simulatedMs: " +
        "expected a whole number of 0 or more, found 0.5",
    );
  });
});

describe("a file that is not readable evidence is refused with its reason", () => {
  const whole = encodeEvidence(brokenEvidence);

  test.for([
    ["", "e.json is empty: expected evidence"],
    ["  \n", "e.json is empty: expected evidence"],
    ["payment,amount\np1,5\n", "e.json is not JSON: "],
    ["[]", "e.json is not falconpay evidence: expected an object with"],
    ["null", "e.json is not falconpay evidence"],
    ['{"format":"falconpay-plan","version":1}', "e.json is not falconpay evidence"],
    ['{"format":"falconpay-evidence"}', "e.json is not falconpay evidence"],
    [whole.replace("{", '{ "a" "b",'), "e.json is not JSON: "],
    [
      '{"format":"falconpay-evidence","version":6}',
      "e.json is evidence of version 6; this falconpay reads version 5: use a newer falconpay",
    ],
    [
      '{"format":"falconpay-evidence","version":1}',
      "e.json is evidence of version 1; this falconpay reads version 5: run its command again",
    ],
  ] as const)("%j", ([text, message]) => {
    expect(() => decodeEvidence(text, "e.json")).toThrow(UnreadableEvidence);
    expect(() => decodeEvidence(text, "e.json")).toThrow(message);
  });

  test("a file cut short at any place is truncated, or empty", () => {
    for (let length = 0; length < whole.length - 2; length += 7) {
      expect(() => decodeEvidence(whole.slice(0, length), "e.json")).toThrow(
        /^e\.json is (truncated: it ends after \d+ characters, in the middle|empty: expected evidence)$/u,
      );
    }
  });

  test.for([
    [
      ['"runs": 400', '"runs": "400"'],
      'totals.runs: expected a whole number of 0 or more, found "400"',
    ],
    [['"runs": 400', '"runs": -1'], "totals.runs: expected a whole number of 0 or more, found -1"],
    [['"world": "sim"', '"world": "moon"'], 'world: expected one of "sim", "real", found "moon"'],
    [['"id": "F0",', ""], "mutant.id: missing, expected a text"],
    [['"kind": "fault"', '"kind": "boom"'], "findings.0.story.3.kind: expected one of"],
    [['"product":', '"extra": 1, "product":'], "extra: unknown field"],
    [
      ['"ended": "complete"', '"ended": null'],
      'ended: expected one of "complete", "first-failure"',
    ],
    [['"verdict": "fail"', '"verdict": "pass"'], 'it is "pass", but the promise ends was broken'],
    [['"verdict": "fail"', '"verdict": "unknown"'], 'it is "unknown", but ends was broken'],
  ] as const)("%j", ([[right, wrong], message]) => {
    expect(whole).toContain(right);
    const text = whole.replace(right, wrong);
    expect(() => decodeEvidence(text, "e.json")).toThrow(UnreadableEvidence);
    expect(() => decodeEvidence(text, "e.json")).toThrow(message);
  });

  test("a failure that names no broken promise, and a doubtful pass, contradict themselves", () => {
    const text = encodeEvidence(heldEvidence);
    expect(() => decodeEvidence(text.replace('"pass"', '"fail"'), "e.json")).toThrow(
      'verdict: it is "fail", but no promise was broken',
    );
    expect(() => decodeEvidence(text.replace('"pass"', '"unknown"'), "e.json")).toThrow(
      'verdict: it is "unknown", but no doubt says why',
    );
    expect(() =>
      decodeEvidence(text.replace('"doubts": []', '"doubts": ["a doubt"]'), "e.json"),
    ).toThrow('verdict: it is "pass", but there are doubts');
  });

  test.for([
    ['"payments": 24000', '"payments": 93', "totals.payments: 93, but 22841 were completed"],
    ['"completed": 400', '"completed": 399', "totals.runs: 400, but 399 seeds were run"],
    ['"last": 400', '"last": 401', 'ended: it is "complete", but 400 of 401 seeds were run'],
    ['"last": 400', '"last": 9', "seeds.completed: 400 of 9 seeds"],
    ['"count": 57', '"count": 58', "totals.refusals: reasons for 1160 payments, but 1159 failed"],
    [
      '"checks": 400,\n      "brokenRuns": 0',
      '"checks": 2,\n      "brokenRuns": 0',
      "promises: ends has 2 checks, fewer than the 400 runs",
    ],
    [
      '"planned": 61',
      '"planned": 60',
      "faults: 400 of crash planned, but its places say otherwise",
    ],
    ['"fired": 61', '"fired": 60', "faults: 400 of crash fired, but its places say otherwise"],
    [
      '"impossible": 0',
      '"impossible": 1',
      "faults: more of crash fired, or could not be made, than were planned",
    ],
    ['"once": 114', '"once": 913', "statistics.situations: 912 kinds, 913 of them once"],
    ['"seen": 400', '"seen": 401', "statistics.traces: of 401 runs, but there were 400"],
    [
      '"shard": null',
      '"shard": { "index": 3, "count": 2, "traceHashes": [], "situations": [] }',
      "seeds.completed: 400 of 199 seeds",
    ],
    ['"world": "sim"', '"world": "real"', "traceHash: real servers leave none"],
    ['"ended": "complete"', '"ended": "time-limit"', 'ended: it is "time-limit", but 400 of 400'],
  ] as const)("a pass that contradicts itself is refused: %s for %s", ([right, wrong, message]) => {
    const text = encodeEvidence(heldEvidence);
    expect(text).toContain(right);
    expect(() => decodeEvidence(text.replace(right, wrong), "e.json")).toThrow(message);
  });

  test("a pass whose parts make it none, and doubts that are not its own, are refused", () => {
    const { crash } = { crash: heldEvidence.faults[0] };
    const place = { process: "payment-1", place: "before produce", planned: 2, fired: 1 };
    const faults = crash === undefined ? [] : [{ ...crash, planned: 2, fired: 1, places: [place] }];
    expect(() => encodeEvidence({ ...heldEvidence, faults })).toThrow(
      'verdict: it is "pass", but its parts make it "unknown": 1 of 2 planned crashes never fired.',
    );
    expect(() => encodeEvidence({ ...unknownEvidence, doubts: ["It rained."] })).toThrow(
      "doubts: they are not those of its parts",
    );
    const findings = brokenEvidence.findings.map((each) => ({ ...each, promise: "balanced" }));
    expect(() => encodeEvidence({ ...brokenEvidence, findings })).toThrow(
      "findings: balanced is told to be broken, and no run broke it",
    );
  });

  test.for([
    ['"points": 300', '"points": 301', "crashPoints.ways: 300 points are planned, but its plans"],
    ['"tried": 120', '"tried": 119', "crashPoints.ways: more fired than were tried"],
    ['"silent": []', '"silent": ["a crash"]', "crashPoints.silent: 1 did not fire, but its ways"],
    ['"total": 61200', '"total": 99', "crashPoints.pairs: more fired than were tried"],
    ['"runs": 401', '"runs": 400', "totals.runs: 400, but 401 plans were run"],
    [
      '"planned": 120,\n        "tried": 120',
      '"planned": 121,\n        "tried": 120',
      "but its plans",
    ],
    [
      '"violations": {\n      "runs": 0',
      '"violations": {\n      "runs": 1',
      "crashPoints.violations: 1 runs",
    ],
  ] as const)("a certificate that contradicts itself is refused: %s for %s", (wrong) => {
    const [right, instead, message] = wrong;
    const text = encodeEvidence(certificateEvidence);
    expect(text).toContain(right);
    expect(() => decodeEvidence(text.replace(right, instead), "e.json")).toThrow(message);
  });

  test("a certificate that leaves points out, and was not stopped, is refused", () => {
    const { crashPoints } = certificateEvidence;
    const ways = crashPoints?.ways.map((way) => ({ ...way, tried: 0, fired: 0 })) ?? [];
    const cut = crashPoints === null ? null : { ...crashPoints, ways };
    const totals = { ...certificateEvidence.totals, runs: 101 };
    expect(() => encodeEvidence({ ...certificateEvidence, totals, crashPoints: cut })).toThrow(
      "crashPoints.ways: 0 of 300 points were tried, but nothing stopped it",
    );
  });

  test("a control character in a wrong field does not reach the terminal", () => {
    const text = whole.replace('"world": "sim"', '"world": "\\u001b[2J"');
    expect(() => decodeEvidence(text, "e.json")).toThrow('found "\\u001b[2J"');
  });
});

/** The same value with every object's fields in the opposite order. */
function backwards<Part>(value: Part): Part;
function backwards(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => backwards<unknown>(item));
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const fields = Object.entries(value).reverse();
  return Object.fromEntries(fields.map(([name, part]) => [name, backwards<unknown>(part)]));
}
