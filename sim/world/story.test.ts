import { beforeAll, describe, expect, it } from "vitest";
import type { Plan } from "../../scenarios/plans/plan.ts";
import type { SystemPromise } from "../../scenarios/promises/system-promise.ts";
import { runPlan, type Outcome } from "../../scenarios/runs/run-plan.ts";
import { tellStory } from "../../scenarios/stories/story.ts";
import { crashAt, samplePlan, sampleTransfer } from "../../scenarios/testing/sample-plan.ts";
import type { World } from "../../scenarios/world.ts";
import { createSimulatedWorld } from "./world.ts";

let world: World;

beforeAll(async () => {
  world = await createSimulatedWorld();
});

function planOf(change: Partial<Plan> = {}): Plan {
  return samplePlan({ commands: [sampleTransfer()], ...change });
}

const told = (outcome: Outcome): readonly string[] =>
  tellStory(outcome).map(({ actor, text }) => `${actor}: ${text}`);

/** A promise that salim keeps his ten: it breaks at the commit that moves the first money. */
const salimKeepsAll: SystemPromise = {
  name: "salim-keeps-all",
  sentence: "Salim keeps what he has.",
  judged: "at every commit, and at the end",
  atCommit: (books, touched) => (touched.wallets.has("salim") ? judgeSalim(books) : []),
  atEnd: ({ books }) => judgeSalim(books),
  outOf: () => [{ count: 1, noun: "wallets" }],
};

function judgeSalim(books: Outcome["books"]) {
  const balance = books.wallets.get("salim")?.balanceMinor ?? 0n;
  return balance < 10_000n ? [{ subject: "salim", found: `has ${balance}` }] : [];
}

describe("a story", () => {
  it("tells what was found at a commit there, and once", async () => {
    const commands = [
      sampleTransfer(),
      sampleTransfer({ idempotencyKey: "p2", atMs: 500, amount: "2.000" }),
    ];
    const outcome = await runPlan(world, planOf({ commands }), [salimKeepsAll]);
    const story = told(outcome);
    const finding = "testbed: Finds salim-keeps-all broken: salim has 9000.";
    expect(story.filter((each) => each.includes("Finds"))).toEqual([finding]);
    expect(story[story.indexOf(finding) - 1]).toContain("1.000 OMR is taken from salim");
  });

  it("begins with the promise nearest the cause: the event that is missing", async () => {
    const fault = crashAt("payment-1/payment-db/accept.commit#1", "after");
    const outcome = await runPlan(world, planOf({ faults: [fault], mutant: "F0" }));
    const story = told(outcome);
    expect(story[0]).toBe(
      "testbed: Nearest the cause is published: payment.created of payment p1 is in no outbox, and not on the topic. Broken too: ends.",
    );
    expect(story.slice(-2)).toEqual([
      "testbed: Finds published broken: payment.created of payment p1 is in no outbox, and not on the topic.",
      "testbed: Finds ends broken: payment p1 is still PENDING 46 s after the faults stopped.",
    ]);
  });

  it("tells an error and what the service does about it", async () => {
    const effect = "wallet-1/wallet-db/transfer.commit#1";
    const outcome = await runPlan(world, planOf({ faults: [{ kind: "lost-reply", effect }] }));
    const story = told(outcome);
    const at = story.findIndex((each) => each.includes("Meets an error"));
    expect(story.slice(at, at + 2)).toEqual([
      "wallet-1: Meets an error at wallet-db/transfer.commit: the connection was lost (connection); it may have taken effect.",
      expect.stringMatching(/^wallet-1: (Tries the message again|Says )/u),
    ]);
  });

  it("tells that an offset is committed, and for which payment", async () => {
    const story = told(await runPlan(world, planOf()));
    expect(story).toContain("wallet-1: Commits the offset of payment.created of payment p1.");
  });

  it("is told in the order of time, whatever was heard first", async () => {
    const outcome = await runPlan(world, planOf());
    const heard = { ...outcome, happenings: outcome.happenings.toReversed() };
    const times = tellStory(heard).map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((left, right) => left - right));
  });
});
