import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Fault, OutsideFault } from "../../scenarios/faults/fault.ts";
import { canStray, STRAY_FORMS } from "../../scenarios/faults/stranger.ts";
import type { Plan } from "../../scenarios/plans/plan.ts";
import { brokenPromises, runPlan, type Outcome } from "../../scenarios/runs/run-plan.ts";
import { crashAt, samplePlan, sampleTransfer } from "../../scenarios/testing/sample-plan.ts";
import { transfer } from "../../scenarios/workloads/transfer.ts";
import type { World } from "../../scenarios/world.ts";
import { TOPICS } from "../../system/domain/events.ts";
import { CONSUMER_GROUPS } from "../../system/process/services.ts";
import { compareTraces } from "../kernel/compare-traces.ts";
import type { TraceRecord } from "../kernel/trace.ts";
import { createSimulatedWorld } from "./world.ts";

const traces: TraceRecord[] = [];
let world: World;

beforeAll(async () => {
  world = await createSimulatedWorld({ onTrace: (trace) => traces.push(trace) });
});

/** Salim holds 10 OMR and sends 4, then 50, then 6 to Fatma. */
function planWith(fault: Fault | undefined, seed = 1): Plan {
  return samplePlan({
    seed,
    commands: [
      sampleTransfer({ idempotencyKey: "p1", amount: "4.000" }),
      sampleTransfer({ idempotencyKey: "p2", amount: "50.000", atMs: 300 }),
      sampleTransfer({ idempotencyKey: "p3", amount: "6.000", atMs: 600 }),
    ],
    faults: fault === undefined ? [] : [fault],
  });
}

/** Every payment by its client's key: status and reason. */
function payments({ books }: Outcome): readonly string[] {
  return [...books.payments.values()]
    .map(({ id, status, reason }) => `${books.keys.get(id) ?? id} ${status} ${reason ?? ""}`.trim())
    .toSorted((left, right) => (left < right ? -1 : 1));
}

/** What the first attempt of each payment was answered, or `none`. */
function firstAnswers({ happenings }: Outcome): Readonly<Record<string, number | string>> {
  const firsts = happenings.flatMap((happening) =>
    happening.kind === "answer" && happening.attempt === 1 && happening.command.kind === "transfer"
      ? [[happening.command.idempotencyKey, happening.status ?? "none"] as const]
      : [],
  );
  return Object.fromEntries(firsts);
}

const LINKS = [
  { process: "payment-1", to: "payment-db" },
  { process: "payment-1", to: "kafka" },
  { process: "payment-1", to: "clients" },
  { process: "wallet-1", to: "wallet-db" },
  { process: "wallet-1", to: "kafka" },
] as const;

const ENDED = ["p1 COMPLETED", "p2 FAILED insufficient_balance", "p3 COMPLETED"];

describe("the simulated world", () => {
  it("refuses 50 OMR from a wallet with 10 OMR, and moves what there is", async () => {
    const outcome = await runPlan(world, planWith(undefined));
    expect(payments(outcome)).toEqual(ENDED);
    expect(outcome.books.wallets.get("salim")?.balanceMinor).toBe(0n);
    expect(outcome.books.wallets.get("fatma")?.balanceMinor).toBe(10_000n);
    expect(brokenPromises(outcome)).toEqual([]);
  });

  const places = [
    "payment-1/payment-db/accept.begin",
    "payment-1/payment-db/accept.commit",
    "payment-1/http/request",
    "payment-1/http/answer",
    "payment-1/kafka/produce",
    "payment-1/payment-db/settle.commit",
    "wallet-1/kafka/deliver",
    "wallet-1/wallet-db/transfer.lock-wallets",
    "wallet-1/wallet-db/transfer.commit",
    "wallet-1/kafka/commit-offset",
    "wallet-1/kafka/produce",
  ];
  it.each(places.flatMap((place) => [[place, "before"] as const, [place, "after"] as const]))(
    "loses nothing when a process dies at %s, %s it",
    async (place, side) => {
      expect(await survived(crashAt(`${place}#2`, side))).toBe(true);
    },
  );

  it.each(places.flatMap((place) => [[place, "before"] as const, [place, "after"] as const]))(
    "loses nothing when a process is stopped at %s, %s it, for longer than its session lasts",
    async (place, side) => {
      const trigger = { on: "effect", effect: `${place}#2`, side } as const;
      expect(await survived({ kind: "pause", trigger, lastsMs: 9_000 })).toBe(true);
    },
  );

  it.each(places.flatMap((place) => [[place, "before"] as const, [place, "after"] as const]))(
    "loses nothing when a process is told to stop at %s, %s it, and every client is answered",
    async (place, side) => {
      const trigger = { on: "effect", effect: `${place}#2`, side } as const;
      const fault = { kind: "stop", trigger, restartAfterMs: 300 } as const;
      const outcome = await runPlan(world, planWith(fault));
      expect(outcome.fired).toEqual(new Set([0]));
      expect(payments(outcome)).toEqual(ENDED);
      expect(brokenPromises(outcome)).toEqual([]);
      const told = outcome.happenings.filter(({ kind }) => kind === "exit" || kind === "restart");
      expect(told.map(({ kind }) => kind)).toEqual(["restart"]);
      // A request that came before the stop has an answer; one that comes while the process is down
      // is refused, and asked again.
      expect(firstAnswers(outcome)).toEqual({ p1: 202, p2: 202, p3: expect.anything() });
    },
  );

  const arrivals = ["payment-1/http/request", "wallet-1/kafka/deliver"];
  it.each(places.filter((place) => !arrivals.includes(place)))(
    "loses nothing when the reply to %s is lost",
    async (place) => {
      expect(await survived({ kind: "lost-reply", effect: `${place}#2` })).toBe(true);
    },
  );

  const requests = places.filter((place) => !/http|deliver/.test(place));
  const codes = ["40001", "55P03", "connection"] as const;
  it.each(requests.flatMap((place) => codes.map((code) => [place, code] as const)))(
    "loses nothing when the request %s fails with %s",
    async (place, code) => {
      expect(await survived({ kind: "transient-error", effect: `${place}#2`, code })).toBe(true);
    },
  );

  it.each<[string, Fault]>([
    [
      "killed",
      {
        kind: "crash",
        trigger: { on: "time", process: "wallet-1", atMs: 302 },
        restartAfterMs: 300,
      },
    ],
    [
      "stopped",
      { kind: "pause", trigger: { on: "time", process: "wallet-1", atMs: 302 }, lastsMs: 2_000 },
    ],
  ])("loses nothing when a process is %s at a time", async (_what, fault) => {
    expect(await survived(fault)).toBe(true);
  });

  it.each<OutsideFault>([
    ...(["payment-db", "wallet-db", "kafka"] as const).map(
      (server) => ({ kind: "outage", server, atMs: 302, lastsMs: 9_000 }) as const,
    ),
    ...LINKS.flatMap((link): readonly OutsideFault[] => [
      { kind: "cut-link", ...link, direction: "both", atMs: 302, lastsMs: 9_000 },
      { kind: "cut-link", ...link, direction: "in", atMs: 302, lastsMs: 9_000 },
      { kind: "held-link", ...link, direction: "out", atMs: 302, lastsMs: 9_000 },
      { kind: "slow-link", ...link, latencyMs: 200, atMs: 302, lastsMs: 9_000 },
      { kind: "refused-link", ...link, atMs: 302, lastsMs: 9_000 },
      { kind: "reset-link", ...link, atMs: 302 },
    ]),
  ])("loses nothing by $kind of $server$process $to$direction", async (fault) => {
    expect(await survived(fault)).toBe(true);
  });

  it("has a server away for as long as the fault says, by the longest of several", async () => {
    const outage = { kind: "outage", server: "payment-db" } as const;
    const plan: Plan = {
      ...planWith(undefined),
      faults: [
        { ...outage, atMs: 290, lastsMs: 3_000 },
        { ...outage, atMs: 1_000, lastsMs: 4_000 },
      ],
    };
    const { fired, happenings } = await runPlan(world, plan);
    const [accepted] = happenings.flatMap((each) =>
      each.kind === "answer" && each.command.atMs === 300 && each.status === 202 ? [each] : [],
    );
    expect(fired).toEqual(new Set([0, 1]));
    const waitedMs = (accepted?.atMs ?? 0) - (accepted?.firstAskedAtMs ?? 0);
    expect(waitedMs).toBeGreaterThan(4_690);
    expect(waitedMs).toBeLessThan(6_000);
  });

  it.each(["in", "out"] as const)(
    "cuts what comes %s for one direction only",
    async (direction) => {
      const link = { process: "payment-1", to: "kafka" } as const;
      const fault = { kind: "cut-link", ...link, direction, atMs: 200, lastsMs: 5_000 } as const;
      const { happenings } = await runPlan(world, planWith(fault));
      const ending = happenings.findIndex((each) => each.kind === "fault" && each.phase === "end");
      const cut = happenings.slice(0, ending);
      const sent = cut.filter(
        (each) => each.kind === "record" && each.record.topic === "payment.created",
      );
      // The second payment is asked for while the link is cut: where only the replies are lost, its
      // event is on the topic all the same.
      expect(sent.length > 1).toBe(direction === "in");
    },
  );

  it.each<OutsideFault>([
    ...STRAY_FORMS.flatMap((form) =>
      TOPICS.filter((topic) => canStray(form, topic)).map(
        (topic) => ({ kind: "stray-message", form, topic, atMs: 302 }) as const,
      ),
    ),
    ...TOPICS.map((topic) => ({ kind: "replayed-topic", topic, atMs: 650 }) as const),
    ...CONSUMER_GROUPS.flatMap(({ group }) =>
      [0, 1, 9].map((back) => ({ kind: "rewound-group", group, back, atMs: 302 }) as const),
    ),
  ])("loses nothing by $kind $form of $topic$group $back", async (fault) => {
    expect(await survived(fault)).toBe(true);
  });

  it.each<OutsideFault>([
    ...(["payment-db", "wallet-db"] as const).flatMap((server): readonly OutsideFault[] => [
      { kind: "ended-backends", server, atMs: 303 },
      { kind: "few-connections", server, max: 0, atMs: 302, lastsMs: 9_000 },
      { kind: "full-disk", server, atMs: 302, lastsMs: 9_000 },
      { kind: "slow-disk", server, delayMs: 800, atMs: 302, lastsMs: 9_000 },
      { kind: "held-lock", server, table: "outbox", atMs: 302, lastsMs: 9_000 },
    ]),
    ...["payment-1", "wallet-1"].flatMap((process) =>
      [-86_400_000, 3_000_000].map(
        (byMs) => ({ kind: "clock-jump", process, byMs, atMs: 302 }) as const,
      ),
    ),
  ])("loses nothing by $kind of $server$process $byMs", async (fault) => {
    expect(await survived(fault)).toBe(true);
  });

  it.each<readonly [OutsideFault, string]>([
    [{ kind: "ended-backends", server: "payment-db", atMs: 302 }, "connection"],
    [{ kind: "full-disk", server: "payment-db", atMs: 250, lastsMs: 2_000 }, "53100"],
    [
      { kind: "held-lock", server: "wallet-db", table: "inbox", atMs: 250, lastsMs: 20_000 },
      "55P03",
    ],
  ])("shows a process the error of %o", async (fault, code) => {
    const { happenings } = await runPlan(world, planWith(fault));
    const codes = happenings.flatMap((each) =>
      each.kind === "note" && each.note.what === "failed" ? [each.note.code] : [],
    );
    expect(codes).toContain(code);
  });

  it("joins anew when its group is expelled, whatever it has in hand", async () => {
    for (const { group } of CONSUMER_GROUPS) {
      for (let atMs = 300; atMs < 340; atMs += 1) {
        expect(await survived({ kind: "rewound-group", group, back: 0, atMs })).toBe(true);
      }
    }
  });

  it("sets every stray message aside, but a verdict that comes too late", async () => {
    const plan: Plan = {
      ...planWith(undefined),
      faults: STRAY_FORMS.map((form) => ({
        kind: "stray-message",
        form,
        topic: "payment.failed",
        atMs: 302,
      })),
    };
    const { books, fired } = await runPlan(world, plan);
    expect(fired.size).toBe(STRAY_FORMS.length);
    expect(books.setAside.get("payment")?.size).toBe(STRAY_FORMS.length - 2);
  });

  it("brings all of a topic again, and what a group had committed", async () => {
    const again = async (fault: Fault) =>
      (await runPlan(world, planWith(fault))).happenings.filter(
        (each) => each.kind === "delivery" && each.record.topic === "payment.created",
      ).length;
    expect(await again({ kind: "replayed-topic", topic: "payment.created", atMs: 2_000 })).toBe(6);
    const rewound = { kind: "rewound-group", group: "wallet-transfer", atMs: 2_000 } as const;
    expect(await again({ ...rewound, back: 9 })).toBe(6);
    expect(await again({ ...rewound, back: 0 })).toBe(3);
  });

  it("gives a client no answer for as long as clients wait, when its service is stopped", async () => {
    const trigger = { on: "time", process: "payment-1", atMs: 290 } as const;
    const plan = planWith({ kind: "pause", trigger, lastsMs: 15_000 });
    const { happenings } = await runPlan(world, plan);
    const answers = happenings.flatMap((happening) =>
      happening.kind === "answer" && happening.command.atMs === 300 ? [happening] : [],
    );
    const [first, second] = answers;
    expect(answers.map(({ status }) => status)).toEqual([null, 202]);
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(4_000);
    expect(first?.atMs).toBeGreaterThan(10_000);
  });

  async function survived(fault: Fault): Promise<boolean> {
    const outcome = await runPlan(world, planWith(fault));
    expect(outcome.fired).toEqual(new Set([0]));
    expect(payments(outcome)).toEqual(ENDED);
    return brokenPromises(outcome).length === 0;
  }

  it("keeps every promise over drawn workloads and crash places", async () => {
    const property = fc.asyncProperty(transfer.drafts, fc.nat(), async (draft, seed) => {
      const plan = { scenario: "transfer", seed, mutant: null, ...draft };
      const outcome = await runPlan(world, plan);
      expect(brokenPromises(outcome)).toEqual([]);
      expect(outcome.fired.size).toBe(plan.faults.length);
    });
    await fc.assert(property, { numRuns: 25, seed: 20_261_122 });
  });

  it("tells the same plan the same way, event by event, alone and after another plan", async () => {
    const plan = planWith(crashAt("payment-1/payment-db/accept.commit#2", "after"));
    traces.length = 0;
    await runPlan(world, plan);
    await runPlan(world, planWith(undefined, 2));
    await runPlan(world, plan);
    const [alone, between, after] = traces;
    if (alone === undefined || between === undefined || after === undefined) {
      throw new Error("three runs leave three traces");
    }
    expect(compareTraces(alone, after)).toBeUndefined();
    expect(between.hash).not.toBe(alone.hash);
  });

  it("gives 1,000 traces for 1,000 seeds", async () => {
    const silent = await createSimulatedWorld();
    const hashes = new Set<string | null>();
    for (let seed = 1; seed <= 1_000; seed += 1) {
      const plan = samplePlan({ seed, commands: [sampleTransfer()] });
      const { traceHash } = await silent.run(plan, async (universe) => {
        await universe.heal(60_000);
        await universe.sleep(100);
      });
      hashes.add(traceHash);
    }
    expect(hashes.size).toBe(1_000);
  });

  it("ends a run in hand at once when it is told to, and begins no other", async () => {
    const interruption = new AbortController();
    const stoppable = await createSimulatedWorld({ signal: interruption.signal });
    const running = runPlan(stoppable, planWith(undefined));
    interruption.abort(new Error("stopped"));
    await expect(running).rejects.toThrow("stopped");
    await expect(runPlan(stoppable, planWith(undefined))).rejects.toThrow("stopped");
  });
});
