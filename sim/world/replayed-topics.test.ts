import { expect, test } from "vitest";
import { brokenPromises, runPlan } from "../../scenarios/runs/run-plan.ts";
import { samplePlan, sampleTransfer } from "../../scenarios/testing/sample-plan.ts";
import { TOPICS } from "../../system/domain/events.ts";
import { createSimulatedBroker } from "../adapters/kafka-broker.ts";
import type { Servers } from "./servers.ts";
import { createSimulatedWorld } from "./world.ts";

const REPLAYED_AT_MS = 3_000_000;

/** Sends every record of every topic once more, in the order of its partition. */
function replayTopics({ kernel, network, kafkaPorts, topics }: Servers): void {
  const replay = () =>
    kernel.startProcess("replayer", async (self) => {
      const broker = createSimulatedBroker({ network, process: self, servers: kafkaPorts });
      const producer = await broker.connectProducer();
      for (const topic of TOPICS) {
        await producer.send(
          topics
            .records(topic)
            .map(({ key, value }) => ({ topic, key: key ?? "", value: value ?? "" })),
        );
      }
      await producer.disconnect();
    });
  kernel.schedule({ delayUs: REPLAYED_AT_MS * 1_000, actor: "test", callback: replay });
}

test.each([1, 200])(
  "every topic read again changes nothing, when the outbox has long forgotten what it sent: batches of %i",
  async (consumeBatchMax) => {
    const world = await createSimulatedWorld({ disturb: replayTopics });
    const plan = samplePlan();
    const knobs = { ...plan.knobs, outboxKeptSeconds: 1, consumeBatchMax };
    const commands = [
      sampleTransfer({ idempotencyKey: "p1", amount: "4.000" }),
      sampleTransfer({ idempotencyKey: "p2", amount: "50.000", atMs: 300 }),
      sampleTransfer({ idempotencyKey: "p3", amount: "6.000", atMs: 600 }),
      // So that the run goes on until after that.
      sampleTransfer({ idempotencyKey: "p4", amount: "0.001", atMs: REPLAYED_AT_MS + 60_000 }),
    ];
    const outcome = await runPlan(world, { ...plan, knobs, commands });
    const { books, duplicateDeliveries, happenings } = outcome;
    expect(brokenPromises(outcome)).toEqual([]);
    expect(duplicateDeliveries).toBe(0);
    const said = happenings.flatMap((each) =>
      each.kind === "note" && each.note.what === "said" ? [each.note.name] : [],
    );
    // Three events of each direction, once more.
    expect(said.filter((name) => name === "inbox.duplicate")).toHaveLength(6);
    expect(said.filter((name) => name === "inbox.set-aside")).toEqual([]);
    expect(books.wallets.get("fatma")?.balanceMinor).toBe(10_000n);
    const verdicts = happenings.filter(
      (each) => each.kind === "record" && each.process === "wallet-1",
    );
    expect(verdicts).toHaveLength(4);
  },
);
