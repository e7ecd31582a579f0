import { beforeAll, expect, it } from "vitest";
import { codeOfPlan } from "../../mutation/code-of-plan.ts";
import { samplePlan } from "../../scenarios/testing/sample-plan.ts";
import {
  deadLetterTopicOf,
  encodeEvent,
  eventKey,
  type Event,
} from "../../system/domain/events.ts";
import type { ServiceName } from "../../system/process/services.ts";
import { sampleCreated } from "../../system/testing/samples.ts";
import { createSimulatedBroker } from "../adapters/kafka-broker.ts";
import { createKernel } from "../kernel/kernel.ts";
import { loadPostgresParser } from "../postgres/syntax/postgres-parser.ts";
import { startServers } from "./servers.ts";
import { superviseProcesses } from "./supervise-processes.ts";

beforeAll(() => loadPostgresParser());

it("messages that can never be taken in are set aside, each with its reason, and the one behind them is taken", async () => {
  const { letters, published, decisions, lag } = await taken("wallet", [
    sampleCreated("e1", "p1"),
    // The very same again: a duplicate.
    sampleCreated("e1", "p1"),
    // Another event about a payment that was decided.
    sampleCreated("e2", "p1"),
    // Another payment, under the id of an event that was taken in.
    sampleCreated("e1", "p2"),
    sampleCreated("e3", "p3"),
  ]);
  expect(decisions).toEqual(["p1", "p3"]);
  expect(letters).toEqual([
    expect.stringMatching(/^the database refused it with 23505: .*transfer_decisions_pkey/),
    "Error: event e1, payment.created of payment p2, was taken in before as payment.created of payment p1",
  ]);
  expect(published).toEqual([
    expect.stringContaining(
      `{"reason":"Error: event e1, payment.created of payment p2, was taken in before`,
    ),
    expect.stringContaining(`{"reason":"the database refused it with 23505`),
  ]);
  expect(lag).toBe(0);
});

it("a verdict of a payment that is not here is set aside, and not lost", async () => {
  const { letters, lag } = await taken("payment", [
    {
      ...sampleCreated("e9"),
      type: "payment.completed",
      paymentId: "p9",
      receiverOwnerId: "badria",
    },
  ]);
  expect(letters).toEqual(['Error: there is no payment "p9"']);
  expect(lag).toBe(0);
});

/** Sends events in this order, on one partition, and answers what became of them in a service. */
async function taken(service: ServiceName, events: readonly Event[]) {
  const kernel = createKernel({ seed: "1" });
  const servers = startServers(kernel);
  const processes = superviseProcesses(servers, {
    plan: samplePlan(),
    code: await codeOfPlan({ mutant: null }),
  });
  return kernel.run(async (main) => {
    processes.start();
    while (processes.notWell().length > 0) {
      await main.sleep(10);
    }
    const broker = createSimulatedBroker({
      network: servers.network,
      process: main,
      servers: servers.kafkaPorts,
    });
    const producer = await broker.connectProducer();
    const [first] = events;
    const key = first === undefined ? "" : eventKey(first);
    for (const event of events) {
      await producer.send([{ topic: event.type, key, value: encodeEvent(event) }]);
    }
    await main.sleep(10_000);
    const { rows: letters } = servers
      .database(service)
      .read("SELECT reason FROM dead_letters ORDER BY topic, partition_id, message_offset");
    const { rows: decisions } = servers
      .database("wallet")
      .read("SELECT payment_id FROM transfer_decisions ORDER BY payment_id");
    const lag = [
      ...servers.topics.progress("wallet-transfer", "payment.created"),
      ...servers.topics.progress("payment-settle", "payment.completed"),
    ].reduce((sum, each) => sum + each.lag, 0);
    const published = servers.topics
      .records(deadLetterTopicOf(service))
      .map(({ value }) => value ?? "")
      .toSorted((left, right) => (left < right ? -1 : 1));
    return { letters: letters.flat(), published, decisions: decisions.flat(), lag };
  });
}
