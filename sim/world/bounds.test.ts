import { describe, expect, it } from "vitest";
import type { Mutant } from "../../scenarios/mutants/mutant.ts";
import type { Plan } from "../../scenarios/plans/plan.ts";
import { healBoundMs, restBoundMs } from "../../scenarios/runs/bounds.ts";
import { brokenPromises, runPlan, type Outcome } from "../../scenarios/runs/run-plan.ts";
import { tellStory } from "../../scenarios/stories/story.ts";
import { crashAt, samplePlan, sampleTransfer } from "../../scenarios/testing/sample-plan.ts";
import { acceptPayments } from "../../system/payment/accept.ts";
import { DatabaseError } from "../../system/ports/database.ts";
import { DEFAULT_KNOBS } from "../../system/process/knobs.ts";
import { createSimulatedWorld } from "./world.ts";

async function outcomeOf(parts: Mutant["parts"], change: Partial<Plan> = {}): Promise<Outcome> {
  const world = await createSimulatedWorld({ parts });
  return runPlan(world, samplePlan({ commands: [sampleTransfer()], ...change }));
}

function story(outcome: Outcome): string {
  return tellStory(outcome)
    .map(({ actor, text }) => `${actor}: ${text}`)
    .join("\n");
}

/** Parts that can be had so many times, in all processes together; then a start fails. */
function startsOnly(times: number): Mutant["parts"] {
  let starts = 0;
  return () => {
    starts += 1;
    if (starts > times) {
      throw new Error("the port is taken");
    }
    return {};
  };
}

describe("a run is judged, and within bounds of time, when", () => {
  it("no service can start", async () => {
    const outcome = await outcomeOf(startsOnly(0));
    expect(brokenPromises(outcome)).toEqual(["stays-up", "answered"]);
    const told = story(outcome);
    expect(told).toMatch(/client: Gets no answer for wallet salim/);
    expect(told).toMatch(/wallet-1: Ended: the port is taken/);
    expect(told).toMatch(
      /Finds stays-up broken: process payment-1 is not up 60 s after the faults/,
    );
  });

  it("a service never starts a second time", async () => {
    const faults = [crashAt("wallet-1/wallet-db/transfer.commit#1", "before")];
    const outcome = await outcomeOf(startsOnly(2), { faults });
    expect(brokenPromises(outcome)).toEqual(["stays-up", "ends", "handled"]);
    expect(story(outcome)).toMatch(
      /process wallet-1 is not up [\d.]+ s after the faults stopped, and ended by itself \d+ times, first at \d+ ms: the port is taken/,
    );
    expect(outcome.elapsedMs).toBeLessThan(300_000);
  });

  it("a service answers for ever that it is to be asked again", async () => {
    const error = new DatabaseError("too many connections", { code: "53300", applied: "no" });
    const outcome = await outcomeOf(() => ({ accept: () => Promise.reject(error) }));
    expect(brokenPromises(outcome)).toEqual(["answered"]);
    expect(story(outcome)).toMatch(/payment p1 was never answered, in 300 attempts/);
  });

  it("a service meets a bug of its own at every request", async () => {
    const outcome = await outcomeOf(() => ({ accept: () => Promise.reject(new TypeError("bug")) }));
    expect(brokenPromises(outcome)).toEqual(["answers-hold", "answered"]);
  });

  it("a service leaves a rejection unhandled", async () => {
    const outcome = await outcomeOf(() => ({
      accept(ports, requests) {
        void Promise.reject(new TypeError("nobody listens"));
        return acceptPayments(ports, requests);
      },
    }));
    expect(brokenPromises(outcome)).toContain("stays-up");
    expect(story(outcome)).toMatch(/payment-1: Ended: nobody listens/);
  });

  it("a message is tried again for ever", async () => {
    const error = new DatabaseError("out of range", { code: "22003", applied: "no" });
    const outcome = await outcomeOf(() => ({ transfer: () => Promise.reject(error) }));
    expect(brokenPromises(outcome)).toContain("ends");
  });

  it("the broker refuses a consumer", async () => {
    const knobs = { ...DEFAULT_KNOBS, sessionTimeoutMs: 500 };
    const outcome = await outcomeOf(() => ({}), { knobs });
    expect(brokenPromises(outcome)).not.toEqual([]);
    expect(outcome.elapsedMs).toBeLessThan(300_000);
  });
});

describe("a client", () => {
  it("asks for longer than the plan keeps a process down", async () => {
    const faults = [crashAt("payment-1/http/request#1", "before", 90_000)];
    expect(brokenPromises(await outcomeOf(() => ({}), { faults }))).toEqual([]);
  });
});

describe("the bound of time", () => {
  it("to come to rest grows with what is left to do, and with what a knob makes slow", () => {
    const plan = samplePlan();
    const few = restBoundMs(plan, 0);
    expect(few).toBeGreaterThanOrEqual(30_000);
    expect(restBoundMs(plan, 5_000)).toBeGreaterThan(few + 5_000 * 20);
    const knobs = { ...DEFAULT_KNOBS, relayBatchMax: 1 };
    expect(restBoundMs(samplePlan({ knobs }), 5_000)).toBeGreaterThan(restBoundMs(plan, 5_000));
    for (const slow of [
      "relayPollMs",
      "relayLingerMs",
      "relayLeaseMs",
      "consumeRetryDelayMs",
      "sessionTimeoutMs",
    ] as const) {
      const slower = samplePlan({ knobs: { ...DEFAULT_KNOBS, [slow]: 60_000 } });
      expect(restBoundMs(slower, 0)).toBeGreaterThan(few + 60_000);
    }
  });

  it("to be up again grows with how long the plan keeps a process down", () => {
    const faults = [crashAt("payment-1/http/answer#1", "before", 120_000)];
    expect(healBoundMs(samplePlan({ faults }))).toBe(healBoundMs(samplePlan()) + 120_000);
  });
});
