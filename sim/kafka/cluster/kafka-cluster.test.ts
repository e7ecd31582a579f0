import { describe, expect, test } from "vitest";
import { NotSimulated } from "../../kernel/not-simulated.ts";
import { Protocol } from "../../network/protocol.ts";
import { connectRequestClient } from "../../network/request-reply/request-client.ts";
import { inKafkaWorld, numbered } from "../testing/kafka-test-world.ts";

describe("the simulation", () => {
  async function busyHash(seed: string): Promise<string> {
    const kernel = await inKafkaWorld(seed, async ({ send, startWallet, main }) => {
      const first = startWallet("wallet-1");
      startWallet("wallet-2");
      for (let index = 0; index < 20; index += 1) {
        await send(numbered(3, `key-${index}`));
        if (index === 10) {
          first.crash();
        }
        await main.sleep(500);
      }
    });
    return kernel.trace.finish().hash;
  }

  test("the same seed gives the same trace, another seed another", async () => {
    const hash = await busyHash("one");
    expect(await busyHash("two")).not.toBe(hash);
    expect(await busyHash("one")).toBe(hash);
  });

  test("requests of one connection are taken one at a time: a long poll holds up what comes behind it", async () => {
    await inKafkaWorld("one by one", async ({ network, port, main }) => {
      const connection = await connectRequestClient(network, { from: main, port });
      const replied: string[] = [];
      const polling = connection.request({
        kind: "fetch",
        maxWaitMs: 1_000,
        minBytes: 1,
        maxBytes: 1,
        maxBytesPerPartition: 1,
        partitions: [{ topic: "payments", partition: 0, offset: 0 }],
      });
      const asking = connection.request({ kind: "metadata", topics: ["payments"] });
      await Promise.all([
        polling.then(() => replied.push(`fetch at ${Math.floor(main.nowMs() / 100)}`)),
        asking.then(() => replied.push(`metadata at ${Math.floor(main.nowMs() / 100)}`)),
      ]);
      expect(replied).toEqual(["fetch at 10", "metadata at 10"]);
    });
  });

  test("an idle consumer costs few events a second", async () => {
    await inKafkaWorld("quiet", async ({ kernel, startWallet, main }) => {
      startWallet("wallet-1");
      await main.sleep(10_000);
      const before = kernel.step;
      await main.sleep(100_000);
      expect(kernel.step - before).toBeLessThan(200);
    });
  });

  test("a client of another protocol ends the run, though it catches every error", async () => {
    const protocol = new Protocol("AMQP");
    const run = inKafkaWorld("refusal", async ({ network, port: { address }, main }) => {
      const port = protocol.at(address);
      await connectRequestClient(network, { from: main, port }).catch(() => {});
    });
    await expect(run).rejects.toBeInstanceOf(NotSimulated);
    await expect(run).rejects.toThrow('not simulated: AMQP spoken to Kafka at "kafka-1"');
  });
});
