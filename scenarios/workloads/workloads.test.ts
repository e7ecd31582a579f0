import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_KNOBS } from "../../system/process/knobs.ts";
import { SAGA_ROLES } from "../../system/process/services.ts";
import { SCENARIOS } from "../catalogue.ts";
import { LEVELS, type Level } from "../plans/level.ts";
import { readPlan } from "../plans/plan-schema.ts";
import type { PlanDraft } from "../plans/scenario.ts";
import { ONE_PROCESS_EACH, processesAnswering, type Topology } from "../plans/topology.ts";
import { sampleTransfer } from "../testing/sample-plan.ts";
import { timesInBursts } from "./deployment.ts";
import { effectAt, reachedPlaces } from "./reached-places.ts";

const SEED = 20_261_125;
/** More real servers are not set up for. */
const PROCESSES_MAX = 6;

/** The processes that move money, with their roles that do. */
const withoutAudit = (topology: Topology): Topology =>
  topology
    .map((each) => ({ ...each, roles: each.roles.filter((role) => SAGA_ROLES.includes(role)) }))
    .filter(({ roles }) => roles.length > 0);

describe.each(SCENARIOS)("the plans of $name", ({ name, drafts }) => {
  const drawn = fc.sample(drafts, { numRuns: 200, seed: SEED });
  const some = (holds: (draft: PlanDraft) => boolean) => drawn.filter(holds).length;

  it("can be read, with every role in a process", () => {
    for (const draft of drawn) {
      const read = readPlan({ scenario: name, seed: 1, mutant: null, ...draft });
      expect(read.kind).toBe("plan");
      const roles = new Set(draft.topology.flatMap((each) => each.roles));
      expect([...SAGA_ROLES].filter((role) => !roles.has(role))).toEqual([]);
      expect(draft.topology.length).toBeLessThanOrEqual(PROCESSES_MAX);
    }
  });

  it("try the knobs that ship, all of them and each beside others", () => {
    const isDefault = (knob: keyof typeof DEFAULT_KNOBS) => (draft: PlanDraft) =>
      draft.knobs[knob] === DEFAULT_KNOBS[knob];
    expect(some(isDefault("relayBatchMax"))).toBeGreaterThan(50);
    expect(some(isDefault("relayPollMs"))).toBeGreaterThan(50);
    expect(some(isDefault("sessionTimeoutMs"))).toBeGreaterThan(50);
    expect(some(({ knobs }) => knobs.relayBatchMax < 100)).toBeGreaterThan(10);
    expect(some(({ knobs }) => knobs.relayBatchMax > 100)).toBeGreaterThan(10);
    expect(
      some(({ knobs }) => JSON.stringify(knobs) === JSON.stringify(DEFAULT_KNOBS)),
    ).toBeGreaterThan(0);
  });

  it("try one to three processes of a service, with roles together and apart", () => {
    const movers = ({ topology }: PlanDraft) =>
      topology.filter(({ roles }) => roles.includes("wallet-transfer")).length;
    for (const count of [1, 2, 3]) {
      expect(some((draft) => movers(draft) === count)).toBeGreaterThan(5);
    }
    expect(
      some(({ topology }) => topology.some(({ roles }) => roles.length === 1)),
    ).toBeGreaterThan(5);
    expect(
      some(
        ({ topology }) =>
          JSON.stringify(withoutAudit(topology)) === JSON.stringify(ONE_PROCESS_EACH),
      ),
    ).toBeGreaterThan(0);
  });

  it("try requests that all come at one instant", () => {
    const atOnce = ({ commands }: PlanDraft) =>
      Math.max(...commands.map(({ atMs }) => commands.filter((each) => each.atMs === atMs).length));
    expect(some((draft) => atOnce(draft) >= 15)).toBeGreaterThan(10);
    expect(some((draft) => atOnce(draft) <= 2)).toBeGreaterThan(10);
  });
});

it.each(["outages", "strays", "shortages"])(
  "the plans of %s are in currencies of no, two and three digits after the point",
  (name) => {
    const drafts = SCENARIOS.filter((each) => each.name === name).map((each) => each.drafts);
    const drawn = drafts.flatMap((each) => fc.sample(each, { numRuns: 60, seed: SEED }));
    const digits = drawn.flatMap(({ wallets }) =>
      wallets.map(({ funding }) => (funding.split(".")[1] ?? "").length),
    );
    expect(new Set(digits)).toEqual(new Set([0, 2, 3]));
  },
);

describe("the places that every run reaches", () => {
  const commands = Array.from({ length: 5 }, (_, index) =>
    sampleTransfer({ idempotencyKey: `p${index + 1}` }),
  );
  const knobs = { ...DEFAULT_KNOBS, relayBatchMax: 2, acceptBatchMax: 2, consumeBatchMax: 3 };
  const placesOf = (topology: Topology) =>
    reachedPlaces(commands, { topology, knobs }).map(
      ({ process, operation, times }) => `${process} ${operation} ${times}`,
    );

  it("are as many as there are payments, or batches of them, where one process does the work", () => {
    const places = placesOf(ONE_PROCESS_EACH);
    expect(places).toContain("payment-1 accept.commit 3");
    expect(places).toContain("wallet-1 transfer.commit 2");
    expect(places).toContain("payment-1 produce 3");
  });

  it("follow the clients in turn, and are not known where several consume or publish", () => {
    const [payment, wallet] = ONE_PROCESS_EACH;
    if (payment === undefined || wallet === undefined) {
      throw new Error("two services have two processes");
    }
    const topology = [
      payment,
      { ...payment, name: "payment-2" },
      { name: "wallet-1", roles: ["wallet-api"] as const },
      { name: "wallet-2", roles: ["wallet-transfer", "wallet-relay"] as const },
    ];
    expect(processesAnswering(topology, "payment")).toEqual(["payment-1", "payment-2"]);
    const places = placesOf(topology);
    expect(places).toContain("payment-1 accept.commit 2");
    expect(places).toContain("payment-1 answer 3");
    expect(places).toContain("payment-2 accept.commit 1");
    expect(places).toContain("wallet-2 transfer.commit 2");
    expect(places.filter((place) => /produce|settle/.test(place))).toEqual(["wallet-2 produce 3"]);
  });

  it("are named by any number", () => {
    const place = { process: "wallet-2", resource: "kafka", operation: "produce", times: 3 };
    expect([0, 4, 8].map((index) => effectAt(place, index))).toEqual([
      "wallet-2/kafka/produce#1",
      "wallet-2/kafka/produce#2",
      "wallet-2/kafka/produce#3",
    ]);
  });
});

it("requests in bursts come at one instant, and on average no faster", () => {
  expect(timesInBursts([10, 20, 30, 40, 50], 1)).toEqual([0, 10, 30, 60, 100]);
  expect(timesInBursts([10, 20, 30, 40, 50], 2)).toEqual([0, 0, 30, 30, 100]);
  expect(timesInBursts([10, 20, 30], 20)).toEqual([0, 0, 0]);
});

describe.each(SCENARIOS)("the levels of $name", ({ name, draftsAt }) => {
  const at = (level: Level) => fc.sample(draftsAt(level), { numRuns: 60, seed: SEED });
  const faultsOf = (drafts: readonly PlanDraft[]) =>
    drafts.reduce((sum, { faults }) => sum + faults.length, 0);

  it.each(Object.values(LEVELS))("have plans that can be read: $name", (level) => {
    for (const draft of at(level)) {
      const read = readPlan({ scenario: name, seed: 1, mutant: null, ...draft });
      expect(read.kind).toBe("plan");
    }
  });

  it("grow harder: calm has the knobs that ship and a process each, wild the most faults", () => {
    const [calm, rough, wild] = [at(LEVELS.calm), at(LEVELS.rough), at(LEVELS.wild)];
    for (const { knobs, topology } of calm) {
      expect(knobs).toEqual(DEFAULT_KNOBS);
      expect(topology.filter((each) => each.name.startsWith("payment-"))).toHaveLength(1);
      expect(topology.filter((each) => each.name.startsWith("wallet-"))).toHaveLength(1);
    }
    for (const { knobs } of wild) {
      expect(knobs.relayBatchMax).not.toBe(DEFAULT_KNOBS.relayBatchMax);
    }
    expect(faultsOf(calm)).toBeLessThan(faultsOf(wild));
    expect(faultsOf(rough)).toBeLessThan(faultsOf(wild));
  });

  it("turn kinds of fault off in some plans of wild, and have several of another there", () => {
    const wild = at(LEVELS.wild).map(({ faults }) => faults.map(({ kind }) => kind));
    const kinds = new Set(wild.flat());
    expect(wild.filter((each) => new Set(each).size < kinds.size).length).toBeGreaterThan(10);
    expect(wild.filter((each) => new Set(each).size < each.length).length).toBeGreaterThan(10);
  });
});
