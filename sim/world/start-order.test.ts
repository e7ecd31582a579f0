import { describe, expect, it, test } from "vitest";
import { credentialsOf } from "../../scenarios/plans/callers.ts";
import { brokenPromises, runPlan } from "../../scenarios/runs/run-plan.ts";
import { samplePlan, sampleTransfer } from "../../scenarios/testing/sample-plan.ts";
import type { UniverseEvent } from "../../scenarios/world.ts";
import type { Servers } from "./servers.ts";
import { createSimulatedWorld } from "./world.ts";

/** A server that a process needs, and how it goes and comes back. */
interface Part {
  readonly name: string;
  readonly down: (servers: Servers) => void;
  readonly up: (servers: Servers) => void;
}

const PARTS: readonly Part[] = [
  {
    name: "the broker",
    down: ({ kafka }) => kafka.stopBroker(1, "killed"),
    up: ({ kafka }) => kafka.startBroker(1, "kept"),
  },
  {
    name: "the payment database",
    down: ({ database }) => database("payment").crash(),
    up: ({ database }) => database("payment").restart(),
  },
  {
    name: "the wallet database",
    down: ({ database }) => database("wallet").crash(),
    up: ({ database }) => database("wallet").restart(),
  },
];

const OUTAGE_MS = 30_000;

/** A world in which these are away for a time. */
function worldWithout(parts: readonly Part[], fromMs: number) {
  return createSimulatedWorld({
    disturb(servers) {
      const at = (atMs: number, deed: (part: Part) => void): void => {
        const act = () => parts.forEach(deed);
        if (atMs === 0) {
          act();
        } else {
          servers.kernel.schedule({ delayUs: atMs * 1_000, actor: "test", callback: act });
        }
      };
      at(fromMs, ({ down }) => down(servers));
      at(fromMs + OUTAGE_MS, ({ up }) => up(servers));
    },
  });
}

describe("a process that starts before its servers", () => {
  test.each([...PARTS.map((part) => [part]), [...PARTS]].map((parts) => ({ parts })))(
    "waits, says so, and takes up its work when they are there: $parts.0.name",
    async ({ parts }) => {
      const world = await worldWithout(parts, 0);
      const notes: UniverseEvent[] = [];
      const { value } = await world.run(samplePlan(), async (universe) => {
        universe.watch((event) => notes.push(event));
        const ask = (process: string, path: string) =>
          universe.request(process, { method: "GET", path, headers: {} });
        const said = async (path: string) => [
          await ask("payment-1", path),
          await ask("wallet-1", path),
        ];
        await universe.sleep(OUTAGE_MS - 1_000);
        const meanwhile = { health: await said("/healthz"), ready: await said("/readyz") };
        const late = await universe.heal(60_000);
        return { ...meanwhile, late, readyThen: await said("/readyz") };
      });
      const statuses = (answers: readonly { readonly status: number }[]) =>
        answers.map(({ status }) => status);
      expect(statuses(value.health)).toEqual([200, 200]);
      expect(statuses(value.ready)).toContain(503);
      expect(value.late).toEqual([]);
      expect(statuses(value.readyThen)).toEqual([200, 200]);
      expect(notes.filter(({ kind }) => kind === "exit" || kind === "restart")).toEqual([]);
    },
  );

  it("answers what needs its database with 503 until it is there", async () => {
    const [, payment] = PARTS;
    const world = await worldWithout(payment === undefined ? [] : [payment], 0);
    const { value } = await world.run(samplePlan(), async (universe) => {
      await universe.sleep(1_000);
      const headers = credentialsOf("owner", "salim");
      const request = { method: "GET", path: "/payments/p1", headers } as const;
      const before = await universe.request("payment-1", request);
      await universe.heal(OUTAGE_MS + 60_000);
      return [before, await universe.request("payment-1", request)];
    });
    expect(value).toMatchObject([
      { status: 503, body: { title: "not-available" } },
      { status: 404 },
    ]);
  });

  it("says which server it misses, and leaves few lines about it", async () => {
    const [broker] = PARTS;
    const world = await worldWithout(broker === undefined ? [] : [broker], 0);
    let lines = 0;
    const { value } = await world.run(samplePlan(), async (universe) => {
      universe.watch((event) => {
        if (event.kind === "note" && event.process === "payment-1" && event.note.what === "said") {
          lines += 1;
        }
      });
      await universe.sleep(OUTAGE_MS - 1_000);
      return universe.request("payment-1", { method: "GET", path: "/readyz", headers: {} });
    });
    expect(value).toMatchObject({
      status: 503,
      body: { troubles: [{ part: "producer" }, { part: "payment-settle" }] },
    });
    expect(lines).toBeLessThan(20);
  });
});

test.each(PARTS)(
  "no process ends while $name is away, and every promise holds after",
  async (part) => {
    const plan = samplePlan({
      commands: Array.from({ length: 60 }, (_, index) =>
        sampleTransfer({ idempotencyKey: `p${index}`, amount: "0.100", atMs: index * 1_000 }),
      ),
    });
    const notes: UniverseEvent[] = [];
    const world = await worldWithout([part], 15_000);
    const outcome = await runPlan(
      {
        ...world,
        run: (each, drive) =>
          world.run(each, (universe) => {
            universe.watch((event) => notes.push(event));
            return drive(universe);
          }),
      },
      plan,
    );
    expect(brokenPromises(outcome)).toEqual([]);
    expect(notes.filter(({ kind }) => kind === "exit")).toEqual([]);
  },
);
