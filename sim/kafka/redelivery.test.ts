import { describe, expect, test } from "vitest";
import { createKafkaClient } from "./client/kafka-client.ts";
import {
  inKafkaWorld,
  lag,
  loseFirstProduceReply,
  numbered,
  record,
} from "./testing/kafka-test-world.ts";

describe("delivery at least once", () => {
  test("a crash between the handler and its commit delivers the message again, to the next incarnation", async () => {
    await inKafkaWorld("crash", async ({ send, startWallet, main, seen, observation }) => {
      const handled: string[] = [];
      const wallet = startWallet("wallet-1", {
        onMessage: async (message, commit) => {
          handled.push(`${message.value}`);
          if (message.value === "k-2") {
            wallet.crash();
          }
          await commit();
        },
      });
      await send(numbered(5));
      await main.sleep(1_000);
      expect(handled).toEqual(["k-0", "k-1", "k-2"]);
      expect(lag(observation)).toBe(3);
      startWallet("wallet-1");
      await main.sleep(10_000);
      expect(seen).toEqual(["wallet-1 k-2", "wallet-1 k-3", "wallet-1 k-4"]);
      expect(lag(observation)).toBe(0);
    });
  });

  test("a handler that throws gets the same message again after a back-off, and nothing overtakes it", async () => {
    await inKafkaWorld("throw", async ({ send, startWallet, main, observation }) => {
      const handled: string[] = [];
      startWallet("wallet-1", {
        onMessage: async (message, commit) => {
          handled.push(`${message.value} at ${main.nowMs()}`);
          if (message.value === "k-1" && handled.length < 4) {
            throw new Error("try again");
          }
          await commit();
        },
      });
      await send(numbered(3));
      await main.sleep(10_000);
      expect(handled.map((text) => text.split(" ")[0])).toEqual([
        "k-0",
        "k-1",
        "k-1",
        "k-1",
        "k-2",
      ]);
      const times = handled.map((text) => Number(text.split(" ")[2]));
      expect((times[2] ?? 0) - (times[1] ?? 0)).toBeGreaterThanOrEqual(240);
      expect(lag(observation)).toBe(0);
    });
  });

  test("retries are counted since the last join, whatever went well in between", async () => {
    await inKafkaWorld("now and then", async ({ send, startWallet, main, observation }) => {
      const failed = new Set<bigint>();
      startWallet("wallet-1", {
        onMessage: async ({ offset }, commit) => {
          // Each message once: every other attempt goes well.
          if (!failed.has(offset)) {
            failed.add(offset);
            throw new Error("not the first time");
          }
          await commit();
        },
      });
      await send(numbered(5));
      await main.sleep(60_000);
      expect(lag(observation)).toBe(0);
      expect(observation.group("wallet").generation).toBe(1);
      await send(numbered(1));
      await main.sleep(60_000);
      expect(lag(observation)).toBe(0);
      expect(observation.group("wallet").generation).toBe(3);
    });
  });

  test("a handler that fails for long leaves the group, comes back, and is never given up", async () => {
    await inKafkaWorld("outage", async ({ send, startWallet, main, observation }) => {
      let attempts = 0;
      startWallet("wallet-1", {
        onMessage: async (_, commit) => {
          attempts += 1;
          if (main.nowMs() < 60_000) {
            throw new Error("the database is away");
          }
          await commit();
        },
      });
      await send(numbered(1));
      await main.sleep(120_000);
      expect(attempts).toBeGreaterThan(6);
      expect(observation.group("wallet").generation).toBeGreaterThan(2);
      expect(lag(observation)).toBe(0);
    });
  });

  test("a send whose reply is lost is sent again: the record is there twice, and nobody lost it", async () => {
    await inKafkaWorld("lost ack", async ({ network, port, main, observation }) => {
      const losing = loseFirstProduceReply(network);
      const client = createKafkaClient({ network: losing, process: main, servers: [port] });
      const producer = await client.connectProducer();
      await producer.send([record("k", "twice")]);
      await producer.send([record("k", "once")]);
      expect(observation.records("payments").map(({ value }) => value)).toEqual([
        "twice",
        "twice",
        "once",
      ]);
    });
  });

  test("a broker that stays away fails the send once the retries are used up", async () => {
    await inKafkaWorld("broker away", async ({ send, cluster, main }) => {
      await send([record("k", "warm-up")]);
      cluster.stopBroker(1, "killed");
      const failure = await send([record("k", "perhaps")]).catch((error: unknown) => error);
      // kafkajs loses what the last retry said on the way through its second layer of retries.
      expect(failure).toMatchObject({ name: "NotRetriable" });
      expect(failure).toHaveProperty("message", expect.stringContaining("refused"));
      expect(main.nowMs()).toBeGreaterThan(5_000);
    });
  });

  test("a consumer outlives a broker that goes away and comes back", async () => {
    await inKafkaWorld(
      "consumer away",
      async ({ send, cluster, startWallet, main, seen, observation }) => {
        startWallet("wallet-1");
        await send(numbered(3));
        await main.sleep(100);
        cluster.stopBroker(1, "killed");
        await main.sleep(60_000);
        cluster.startBroker(1, "kept");
        await send([record("k", "k-3")]);
        await main.sleep(30_000);
        expect(seen).toEqual([0, 1, 2, 3].map((index) => `wallet-1 k-${index}`));
        expect(lag(observation)).toBe(0);
      },
    );
  });

  test("a message that was handled without a commit is committed by the next one", async () => {
    await inKafkaWorld("skipped", async ({ send, startWallet, main, observation }) => {
      startWallet("wallet-1", {
        onMessage: async (message, commit) => {
          if (message.offset === 1n) {
            await commit();
          }
        },
      });
      await send(numbered(3));
      await main.sleep(1_000);
      const progress = observation
        .progress("wallet", "payments")
        .find(({ highWatermark }) => highWatermark > 0n);
      expect(progress).toMatchObject({ committed: 2n, highWatermark: 3n, lag: 1 });
    });
  });
});
