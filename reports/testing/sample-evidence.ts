import { allEvidence, type AllEvidence } from "../evidence/all-evidence.ts";
import type { Evidence, FaultEvidence, Finding, PromiseEvidence } from "../evidence/evidence.ts";

/**
 * Evidence as a run of some size leaves it, for tests and for looking at pages: 400 runs, 24 000
 * payments, every promise held. The numbers are invented, and add up.
 */
export const heldEvidence: Evidence = {
  format: "falconpay-evidence",
  version: 5,
  product: "0.1.0",
  code: {
    commit: "6f9f2ed1c0ffee00000000000000000000000000",
    isClean: true,
    digest: "77aa0c1d2e3f4051",
  },
  scenario: {
    name: "transfer",
    title: "A payment survives a crash between commit and publish",
    description: [
      "Clients send payments between wallets. Each payment is accepted by the payment service, carried out by the wallet service, and settled by the payment service again; events join the two.",
      "In every run one of the two services dies at a place drawn from the seed: right before or right after one of its exchanges with its database or with the broker. It is started again a moment later.",
      "Among the payments is one of 50.000 OMR from a wallet that holds 10.000 OMR. It must be refused, with a reason, and move nothing.",
    ],
  },
  world: "sim",
  mutant: null,
  level: { name: "rough", settings: [{ name: "processes of a service", value: "1 to 3" }] },
  seeds: { first: 1, last: 400, completed: 400 },
  shard: null,
  ended: "complete",
  verdict: "pass",
  doubts: [],
  totals: {
    runs: 400,
    payments: 24_000,
    completed: 22_841,
    failed: 1_159,
    refusals: [
      { reason: "INSUFFICIENT_BALANCE", count: 1_102 },
      { reason: "WALLET_NOT_FOUND", count: 57 },
    ],
    effects: 412_390,
    commitsJudged: 118_000,
    duplicateDeliveries: 131,
    simulatedMs: 3_612_480,
  },
  faults: [crashes([61, 48, 33, 41, 52, 44, 58, 36, 27], 0), lostReplies(120)],
  faultsNotTried: ["pauses"],
  cases: [
    { name: "all that a wallet holds is sent", count: 812 },
    { name: "a key is used twice at once", count: 12 },
  ],
  crashPoints: null,
  statistics: {
    traces: { seen: 400, distinct: 400, once: 400 },
    situations: { seen: 9_120, distinct: 912, once: 114 },
  },
  promises: promises({ runs: 400, broken: [] }),
  findings: [],
  traceHash: "5f0c9b1e6d3a47c2a1b88e09d4f7316502c9ae5b7740d8e1f36a2b90c4d5e6f7",
  limits: ["The simulated world is a model: where the model is wrong, so is what it shows."],
  servers: [],
  command: "npm run falconpay -- run transfer",
  seenToFail: [
    {
      mutant: "F0",
      defect: "The payment service commits first and emits its event afterwards.",
      promise: "ends",
      seed: 2,
      runs: 2,
    },
  ],
  made: { node: "24.21.0", at: "2026-11-25T12:00:00.000Z" },
};

/** A certificate of 300 points at 120 effects, without violations, and of a hundred pairs. */
export const certificateEvidence: Evidence = {
  ...heldEvidence,
  seeds: { first: 7, last: 7, completed: 1 },
  totals: { ...heldEvidence.totals, runs: 401 },
  cases: [],
  statistics: {
    traces: { seen: 401, distinct: 401, once: 401 },
    situations: { seen: 0, distinct: 0, once: 0 },
  },
  crashPoints: {
    plans: [
      {
        batches: "batches as they ship",
        requests: 20,
        processes: ["payment-1", "wallet-1"],
        effects: 120,
        points: 300,
      },
    ],
    ways: [
      { way: "crash before an effect", planned: 120, tried: 120, fired: 120 },
      { way: "crash after an effect", planned: 90, tried: 90, fired: 90 },
      { way: "lost reply to an effect", planned: 90, tried: 90, fired: 90 },
    ],
    silent: [],
    pairs: { total: 61_200, tried: 100, fired: 98 },
    violations: { runs: 0, first: [] },
  },
  promises: promises({ runs: 401, broken: [] }),
  command: "npm run falconpay -- crash-points transfer --seed 7 --pairs --runs 100",
  seenToFail: [],
};

/** The same scenario against the mutant F0, which breaks two promises; one story has nine steps. */
export const brokenEvidence: Evidence = {
  ...heldEvidence,
  mutant: {
    id: "F0",
    defect:
      "The payment service commits the payment first and emits its event afterwards, without an outbox.",
  },
  verdict: "fail",
  totals: { ...heldEvidence.totals, completed: 22_804, failed: 1_159 },
  promises: promises({ runs: 400, broken: ["ends", "published"] }),
  findings: [lostEventFinding()],
  traceHash: "c41d7e0b95f2a6388e17d0c2b4a59f6e3d8c7b1a2f405e69d8c3b7a1f0e2d495",
  command: "npm run falconpay -- run transfer --mutant F0",
  seenToFail: [],
};

/**
 * A run stopped after 212 of its seeds, in which a planned crash never fired: no pass, no failure.
 */
export const unknownEvidence: Evidence = {
  ...heldEvidence,
  seeds: { first: 1, last: 400, completed: 212 },
  ended: "interrupted",
  verdict: "unknown",
  doubts: [
    "Unfinished: it was stopped after 212 of 400 seeds.",
    "1 of 212 planned crashes never fired.",
  ],
  cases: [
    { name: "all that a wallet holds is sent", count: 430 },
    { name: "a key is used twice at once", count: 0 },
  ],
  totals: {
    ...heldEvidence.totals,
    runs: 212,
    payments: 12_720,
    completed: 12_101,
    failed: 619,
    refusals: [{ reason: "INSUFFICIENT_BALANCE", count: 619 }],
    effects: 218_566,
    commitsJudged: 62_540,
    duplicateDeliveries: 70,
    simulatedMs: 1_914_600,
  },
  faults: [crashes([32, 25, 17, 22, 28, 23, 31, 19, 15], 1)],
  statistics: { traces: null, situations: { seen: 4_240, distinct: 702, once: 106 } },
  promises: promises({ runs: 212, broken: [] }),
  traceHash: null,
};

/**
 * Texts that try to run, to break out of an attribute, to take over a terminal, to reorder a line.
 */
const HOSTILE_TEXTS = [
  "<script>document.title='taken'</script>",
  '"><img src=x onerror="document.title=\'taken\'">',
  "</style><style>body{display:none}</style>",
  "'; background: url(https://example.invalid/x)",
  "\u001b[2J\u001b]0;taken\u0007",
  "pay \u202Erpt.exe\u2066 now",
  "&lt;b&gt; ${taken} </section></main>",
] as const;

/** The broken evidence with a hostile text in every place where a text from outside can stand. */
export const hostileEvidence: Evidence = withHostileTexts(HOSTILE_TEXTS.join(" "));

function promises(over: {
  readonly runs: number;
  readonly broken: readonly string[];
}): readonly PromiseEvidence[] {
  const everyCommit = "at every commit, and at the end";
  const atTheEnd = "at the end";
  const rows: readonly (readonly [string, string, string, number])[] = [
    [
      "balanced",
      "Every posting sums to zero, and each wallet's balance equals its opening balance plus its ledger entries.",
      everyCommit,
      296,
    ],
    [
      "conservation",
      "Money is neither made nor lost: per currency, the sum of all balances equals what came in from outside less what went out.",
      everyCommit,
      296,
    ],
    [
      "ends",
      "After the faults stop, every payment is terminal within the bound; outboxes and lags are empty.",
      "when the faults have stopped",
      1,
    ],
    ["no-overdraft", "No wallet is ever below zero.", everyCommit, 296],
    ["one-effect", "Each accepted payment moves money at most once.", everyCommit, 296],
    [
      "published",
      "Topic and outbox hold the same events: nothing committed stays unsent, nothing uncommitted is sent.",
      atTheEnd,
      1,
    ],
    [
      "verdicts-agree",
      "A payment is COMPLETED exactly when its two ledger entries exist, FAILED exactly when the wallet refused it.",
      atTheEnd,
      60,
    ],
  ];
  return rows.map(([name, sentence, judged, checksPerRun]) => ({
    name,
    sentence,
    judged,
    checks: over.runs * checksPerRun,
    brokenRuns: over.broken.includes(name) ? 37 : 0,
  }));
}

function crashes(times: readonly number[], silent: number): FaultEvidence {
  const places = [
    ["payment-1", "after accept.commit"],
    ["payment-1", "after produce"],
    ["payment-1", "after settle.commit"],
    ["payment-1", "before accept.commit"],
    ["payment-1", "before produce"],
    ["wallet-1", "after produce"],
    ["wallet-1", "after transfer.commit"],
    ["wallet-1", "before produce"],
    ["wallet-1", "before transfer.commit"],
  ] as const;
  const planned = times.reduce((sum, count) => sum + count, 0);
  return {
    kind: "crash",
    one: "crash",
    many: "crashes",
    sentence: "A process of a service is killed at once and started again after a moment.",
    planned,
    fired: planned - silent,
    impossible: 0,
    places: places.map(([process, place], index) => {
      const count = times[index] ?? 0;
      return { process, place, planned: count, fired: index === 0 ? count - silent : count };
    }),
  };
}

function lostReplies(planned: number): FaultEvidence {
  return {
    kind: "lost-reply",
    one: "lost reply",
    many: "lost replies",
    sentence: "An exchange took effect and the reply to it was lost.",
    planned,
    fired: planned,
    impossible: 0,
    places: [{ process: "payment-1", place: "after answer", planned, fired: planned }],
  };
}

function lostEventFinding(): Finding {
  return {
    promise: "ends",
    sentence:
      "After the faults stop, every payment is terminal within the bound; outboxes and lags are empty.",
    seed: 17,
    extent: "1 of 1 payment",
    first:
      "payment p1 is PENDING at 34 210 ms, 30 s after the last fault; no event of it was ever published",
    smallest: {
      commands: 1,
      faults: 1,
      faultPlaces: [{ kind: "crash", process: "payment-1", place: "after accept.commit" }],
      tried: 23,
      isMinimal: true,
      traceHash: "0e8f6a5d4c3b2a190817f6e5d4c3b2a10f9e8d7c6b5a49382716f5e4d3c2b1a0",
      plan: { scenario: "transfer", seed: 17, commands: [], faults: [] },
    },
    story: [
      {
        atMs: 0,
        actor: "testbed",
        kind: "commit",
        fault: null,
        text: "Opens wallet A with 100.000 OMR and wallet B with 0.000 OMR.",
      },
      {
        atMs: 1_200,
        actor: "client",
        kind: "request",
        fault: null,
        text: "Asks the payment service to send 12.500 OMR from wallet A to wallet B.",
      },
      {
        atMs: 1_204,
        actor: "payment-1",
        kind: "commit",
        fault: null,
        text: "Commits payment p1 as PENDING. No event is stored with it.",
      },
      {
        atMs: 1_204,
        actor: "payment-1",
        kind: "fault",
        fault: "crash",
        text: "Dies after accept.commit, before the event is handed to the broker.",
      },
      {
        atMs: 1_209,
        actor: "client",
        kind: "answer",
        fault: null,
        text: "Gets no answer: the connection is reset.",
      },
      {
        atMs: 4_210,
        actor: "payment-1",
        kind: "restart",
        fault: null,
        text: "Starts again, and finds nothing to publish.",
      },
      {
        atMs: 4_950,
        actor: "client",
        kind: "request",
        fault: null,
        text: "Repeats the request with the same idempotency key.",
      },
      {
        atMs: 4_953,
        actor: "payment-1",
        kind: "answer",
        fault: null,
        text: "Answers that payment p1 exists and is PENDING.",
      },
      {
        atMs: 34_210,
        actor: "testbed",
        kind: "end",
        fault: null,
        text: "The bound of 30 s has passed. Payment p1 is still PENDING, and the wallet service has never heard of it.",
      },
    ],
    replay: {
      file: "ends-17.json",
      command: "npm run falconpay -- replay out/ends-17.json",
    },
  };
}

function withHostileTexts(hostile: string): Evidence {
  const finding = lostEventFinding();
  return {
    ...brokenEvidence,
    product: hostile,
    scenario: { name: hostile, title: hostile, description: [hostile, hostile] },
    mutant: { id: hostile, defect: hostile },
    totals: { ...brokenEvidence.totals, refusals: [{ reason: hostile, count: 1_159 }] },
    faults: [
      {
        kind: hostile,
        one: hostile,
        many: hostile,
        sentence: hostile,
        planned: 400,
        fired: 400,
        impossible: 0,
        places: [{ process: hostile, place: hostile, planned: 400, fired: 400 }],
      },
    ],
    faultsNotTried: [hostile],
    limits: [hostile],
    promises: [{ name: hostile, sentence: hostile, judged: hostile, checks: 400, brokenRuns: 37 }],
    findings: [
      {
        ...finding,
        promise: hostile,
        sentence: hostile,
        extent: hostile,
        first: hostile,
        story: finding.story.map((step) => ({
          ...step,
          actor: hostile,
          fault: step.fault === null ? null : hostile,
          text: hostile,
        })),
        replay: { file: hostile, command: hostile },
      },
    ],
    traceHash: hostile,
    servers: [{ name: hostile, version: hostile }],
    command: hostile,
    code: { commit: hostile, isClean: false, digest: hostile },
    seenToFail: [{ mutant: hostile, defect: hostile, promise: hostile, seed: 2, runs: 2 }],
    made: { node: hostile, at: hostile },
  };
}

/** Three scenarios, of which one broke and one proves nothing. */
export const everyEvidence: AllEvidence = allEvidence({
  product: heldEvidence.product,
  code: heldEvidence.code,
  scenarios: [
    heldEvidence,
    named("retries", { ...brokenEvidence, mutant: null }),
    named("shortages", unknownEvidence),
  ],
  command: "npm run falconpay -- run all --runs 1200",
  made: heldEvidence.made,
});

function named(name: string, evidence: Evidence): Evidence {
  return { ...evidence, scenario: { ...evidence.scenario, name } };
}
