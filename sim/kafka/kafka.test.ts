import { describe, expect, test } from "vitest";
import { createKernel, type Kernel } from "../kernel/kernel.ts";
import { NotSimulated } from "../kernel/not-simulated.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import { ConnectionLost } from "../network/connection-error.ts";
import { createNetwork, type Network } from "../network/network.ts";
import type { Broker } from "./broker.ts";
import type { ConsumerMessage } from "./consumer.ts";
import { createKafkaClient, type ConsumerRequest, type KafkaClient } from "./kafka-client.ts";
import { startKafkaServer, type KafkaServer } from "./kafka-server.ts";
import type { ProducerRecord } from "./producer.ts";

interface World {
  readonly kernel: Kernel;
  readonly network: Network;
  readonly broker: Broker;
  readonly server: KafkaServer;
  /** What the observer was told, in order. */
  readonly appended: readonly string[];
  readonly main: SimulatedProcess;
  /** `consumer message` per delivery, in order. */
  readonly seen: string[];
  client(process: SimulatedProcess): KafkaClient;
  /** A process that consumes `payments` in the group `wallet` and notes what it sees; by default it commits each. */
  startWallet(name: string, request?: Partial<ConsumerRequest>): SimulatedProcess;
  send(records: readonly ProducerRecord[]): Promise<void>;
}

async function inWorld(seed: string, scenario: (world: World) => Promise<void>): Promise<Kernel> {
  const appended: string[] = [];
  const kernel = createKernel({ seed, limits: { simulatedMs: 600_000 } });
  const network = createNetwork({ kernel });
  const server = startKafkaServer({
    kernel,
    network,
    name: "kafka-1",
    onAppend: ({ topic, partition, offset, value }) =>
      appended.push(`${topic}/${partition}@${offset} ${value}`),
  });
  const broker: Broker = server;
  broker.createTopic("payments", 4);
  const client = (process: SimulatedProcess) =>
    createKafkaClient({ network, process, servers: ["kafka-1"] });
  const seen: string[] = [];
  await kernel.run(async (main) => {
    const producer = await client(main).connectProducer();
    await scenario({
      kernel,
      network,
      broker,
      server,
      appended,
      main,
      seen,
      client,
      send: (records) => producer.send(records),
      startWallet: (name, request) =>
        kernel.startProcess(name, async (self) => {
          await client(self).startConsumer({
            group: "wallet",
            topics: ["payments"],
            fromBeginning: true,
            onMessage: async (message, commit) => {
              seen.push(`${name} ${message.value}`);
              await commit();
            },
            ...request,
          });
          await self.promise("the end", () => {});
        }),
    });
  });
  return kernel;
}

function record(key: string | null, value: string): ProducerRecord {
  return { topic: "payments", key, value, headers: new Map() };
}

function numbered(count: number, key = "k"): readonly ProducerRecord[] {
  return Array.from({ length: count }, (_, index) => record(key, `${key}-${index}`));
}

/** The request takes its effect; what comes back is the connection's end. */
function loseFirstProduceReply(network: Network): Network {
  let isLost = false;
  return {
    listen: (...parts) => network.listen(...parts),
    async connect(ends) {
      const connection = await network.connect(ends);
      return {
        ...connection,
        isOpen: true,
        async request(payload) {
          const reply = await connection.request(payload);
          const isProduce = JSON.stringify(payload).includes('"produce"');
          if (isLost || !isProduce) return reply;
          isLost = true;
          throw new ConnectionLost({ connection: connection.name, sent: true });
        },
      };
    },
  };
}

function lag(broker: Broker): number {
  return broker.progress("wallet", "payments").reduce((sum, { lag: each }) => sum + each, 0);
}

describe("producing and consuming", () => {
  test("records of one key arrive in the order of sending, each once, with key, headers and offset", async () => {
    const messages: ConsumerMessage[] = [];
    await inWorld("order", async ({ startWallet, send, main, broker }) => {
      startWallet("wallet-1", {
        onMessage: async (message, commit) => {
          messages.push(message);
          await commit();
        },
      });
      for (let index = 0; index < 50; index += 1) {
        const headers = new Map([["ordinal", `${index}`]]);
        const sent = ["a", "b", "c"].map((key) => ({
          topic: "payments",
          key,
          value: `${key}${index}`,
          headers,
        }));
        await send(sent);
      }
      await main.sleep(1_000);
      expect(lag(broker)).toBe(0);
      expect(broker.records("payments")).toHaveLength(150);
    });
    expect(messages).toHaveLength(150);
    for (const key of ["a", "b", "c"]) {
      const ofKey = messages.filter((message) => message.key === key);
      expect(ofKey.map((message) => message.value)).toEqual(
        Array.from({ length: 50 }, (_, index) => `${key}${index}`),
      );
      expect(new Set(ofKey.map((message) => message.partition)).size).toBe(1);
      expect(ofKey.at(-1)?.headers.get("ordinal")).toBe("49");
    }
  });

  test("records without a key go round the partitions", async () => {
    await inWorld("keyless", async ({ send, broker }) => {
      await send([record(null, "1"), record(null, "2"), record(null, "3"), record(null, "4")]);
      expect(broker.records("payments").map(({ partition }) => partition)).toEqual([0, 1, 2, 3]);
    });
  });

  test("an observer is told of every record once, in the order of appending", async () => {
    await inWorld("observed", async ({ send, appended }) => {
      await send([record("a", "1"), record("a", "2")]);
      await send([record("a", "3")]);
      const place = appended[0]?.split("@")[0];
      expect(appended).toEqual([`${place}@0 1`, `${place}@1 2`, `${place}@2 3`]);
    });
  });

  test("a group without a committed offset starts at the beginning only when asked to", async () => {
    await inWorld("beginning", async ({ send, startWallet, main, seen }) => {
      await send([record("k", "early")]);
      startWallet("wallet-late", { group: "late", fromBeginning: false });
      startWallet("wallet-early", { group: "early" });
      await main.sleep(1_000);
      await send([record("k", "later")]);
      await main.sleep(1_000);
      expect(seen).toEqual(["wallet-early early", ...seen.slice(1)]);
      expect(seen.toSorted()).toEqual([
        "wallet-early early",
        "wallet-early later",
        "wallet-late later",
      ]);
    });
  });

  test("an unknown topic is named once the retries are used up, with no effect", async () => {
    await inWorld("unknown", async ({ send, main }) => {
      const failure = await send([{ ...record("k", "v"), topic: "nowhere" }]).catch(
        (error: unknown) => error,
      );
      expect(failure).toMatchObject({ name: "SendFailed", effect: "none" });
      expect(failure).toHaveProperty(
        "message",
        expect.stringContaining("UNKNOWN_TOPIC_OR_PARTITION"),
      );
      expect(main.nowMs()).toBeGreaterThan(5_000);
    });
  });
});

describe("delivery at least once", () => {
  test("a crash between the handler and its commit delivers the message again, to the next incarnation", async () => {
    await inWorld("crash", async ({ send, startWallet, main, seen, broker }) => {
      const handled: string[] = [];
      const wallet = startWallet("wallet-1", {
        onMessage: async (message, commit) => {
          handled.push(`${message.value}`);
          if (message.value === "k-2") wallet.crash();
          await commit();
        },
      });
      await send(numbered(5));
      await main.sleep(1_000);
      expect(handled).toEqual(["k-0", "k-1", "k-2"]);
      expect(lag(broker)).toBe(3);
      startWallet("wallet-1");
      await main.sleep(10_000);
      expect(seen).toEqual(["wallet-1 k-2", "wallet-1 k-3", "wallet-1 k-4"]);
      expect(lag(broker)).toBe(0);
    });
  });

  test("a handler that throws gets the same message again after a back-off, and nothing overtakes it", async () => {
    await inWorld("throw", async ({ send, startWallet, main, broker }) => {
      const handled: string[] = [];
      startWallet("wallet-1", {
        onMessage: async (message, commit) => {
          handled.push(`${message.value} at ${main.nowMs()}`);
          if (message.value === "k-1" && handled.length < 4) throw new Error("try again");
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
      expect(lag(broker)).toBe(0);
    });
  });

  test("a handler that fails for long leaves the group, comes back, and is never given up", async () => {
    await inWorld("outage", async ({ send, startWallet, main, broker }) => {
      let attempts = 0;
      startWallet("wallet-1", {
        onMessage: async (_, commit) => {
          attempts += 1;
          if (main.nowMs() < 60_000) throw new Error("the database is away");
          await commit();
        },
      });
      await send(numbered(1));
      await main.sleep(120_000);
      expect(attempts).toBeGreaterThan(6);
      expect(broker.group("wallet").generation).toBeGreaterThan(2);
      expect(lag(broker)).toBe(0);
    });
  });

  test("a send whose reply is lost is sent again: the record is there twice, and nobody lost it", async () => {
    await inWorld("lost ack", async ({ network, main, broker }) => {
      const losing = loseFirstProduceReply(network);
      const client = createKafkaClient({ network: losing, process: main, servers: ["kafka-1"] });
      const producer = await client.connectProducer();
      await producer.send([record("k", "twice")]);
      await producer.send([record("k", "once")]);
      expect(broker.records("payments").map(({ value }) => value)).toEqual([
        "twice",
        "twice",
        "once",
      ]);
    });
  });

  test("a broker that stays away fails the send with effect unknown once a request was lost", async () => {
    await inWorld("broker away", async ({ send, server, main }) => {
      await send([record("k", "warm-up")]);
      server.stop();
      const failure = await send([record("k", "perhaps")]).catch((error: unknown) => error);
      expect(failure).toMatchObject({ name: "SendFailed", effect: "unknown" });
      const next = await send([record("k", "no")]).catch((error: unknown) => error);
      expect(next).toMatchObject({ name: "SendFailed", effect: "none" });
      expect(main.nowMs()).toBeGreaterThan(10_000);
    });
  });

  test("a consumer outlives a broker that goes away and comes back", async () => {
    await inWorld("consumer away", async ({ send, server, startWallet, main, seen, broker }) => {
      startWallet("wallet-1");
      await send(numbered(3));
      await main.sleep(100);
      server.stop();
      await main.sleep(60_000);
      server.start();
      await send([record("k", "k-3")]);
      await main.sleep(30_000);
      expect(seen).toEqual([0, 1, 2, 3].map((index) => `wallet-1 k-${index}`));
      expect(lag(broker)).toBe(0);
    });
  });

  test("a message that was handled without a commit is committed by the next one", async () => {
    await inWorld("skipped", async ({ send, startWallet, main, broker }) => {
      startWallet("wallet-1", {
        onMessage: async (message, commit) => {
          if (message.offset === 1n) await commit();
        },
      });
      await send(numbered(3));
      await main.sleep(1_000);
      const progress = broker
        .progress("wallet", "payments")
        .find(({ highWatermark }) => highWatermark > 0n);
      expect(progress).toMatchObject({ committed: 2n, highWatermark: 3n, lag: 1 });
    });
  });
});

describe("groups", () => {
  const keys = ["a", "b", "c", "d", "e", "f", "g", "h"];

  test("two members share the partitions, and after one dies the other gets all once its session is over", async () => {
    await inWorld("share", async ({ send, startWallet, main, seen, broker }) => {
      const first = startWallet("wallet-1");
      startWallet("wallet-2");
      await main.sleep(8_000);
      await send(keys.map((key) => record(key, `early ${key}`)));
      await main.sleep(1_000);
      expect(new Set(seen.map((text) => text.split(" ")[0]))).toEqual(
        new Set(["wallet-1", "wallet-2"]),
      );
      expect(seen).toHaveLength(keys.length);
      first.crash();
      await send(keys.map((key) => record(key, `late ${key}`)));
      await main.sleep(1_000);
      expect(lag(broker)).toBeGreaterThan(0);
      await main.sleep(12_000);
      expect(lag(broker)).toBe(0);
      const late = seen.filter((text) => text.includes("late"));
      expect(late).toHaveLength(keys.length);
      expect(new Set(late.map((text) => text.split(" ")[0]))).toEqual(new Set(["wallet-2"]));
      expect(broker.group("wallet").memberIds).toHaveLength(1);
    });
  });

  test("a member that learns of a rebalance joins again at once, without a back-off", async () => {
    await inWorld("at once", async ({ startWallet, main, broker }) => {
      startWallet("wallet-1", { heartbeatIntervalMs: 10, maxWaitMs: 50 });
      await main.sleep(1_000);
      startWallet("wallet-2");
      await main.sleep(100);
      expect(broker.group("wallet")).toMatchObject({ state: "stable", generation: 2 });
    });
  });

  test("a member that leaves in order hands its partitions over without waiting for the session time-out", async () => {
    await inWorld("leave", async ({ send, startWallet, client, main, seen, broker }) => {
      const consumer = await client(main).startConsumer({
        group: "wallet",
        topics: ["payments"],
        onMessage: async () => {},
      });
      startWallet("wallet-2");
      await main.sleep(12_000);
      expect(broker.group("wallet").memberIds).toHaveLength(2);
      await consumer.stop();
      await send(keys.map((key) => record(key, key)));
      await main.sleep(5_500);
      expect(broker.group("wallet").memberIds).toHaveLength(1);
      expect(new Set(seen).size).toBe(keys.length);
    });
  });

  test("a zombie's commit is fenced after the group went on without it, and the message comes again", async () => {
    await inWorld("zombie", async ({ send, startWallet, main, seen, broker }) => {
      const refusals: string[] = [];
      startWallet("wallet-1", {
        onMessage: async (message, commit) => {
          seen.push(`wallet-1 ${message.value}`);
          // Longer than the session time-out, and no heartbeat meanwhile.
          await main.sleep(9_000);
          await commit().catch((error: unknown) => {
            refusals.push(error instanceof Error ? error.message : "");
            throw error;
          });
        },
      });
      await main.sleep(1_000);
      await send([record("a", "a-0")]);
      await main.sleep(100);
      startWallet("wallet-2");
      await main.sleep(9_500);
      expect(refusals).toHaveLength(1);
      expect(refusals[0]).toMatch(/^UNKNOWN_MEMBER_ID|^ILLEGAL_GENERATION/);
      expect(seen).toContain("wallet-2 a-0");
      expect(lag(broker)).toBe(0);
    });
  });

  test("more members than partitions leave the rest idle and in the group", async () => {
    await inWorld("idle", async ({ startWallet, main, broker, send, seen }) => {
      for (let index = 1; index <= 5; index += 1) startWallet(`wallet-${index}`);
      await main.sleep(30_000);
      expect(broker.group("wallet")).toMatchObject({ state: "stable" });
      expect(broker.group("wallet").memberIds).toHaveLength(5);
      await send(keys.map((key) => record(key, key)));
      await main.sleep(1_000);
      expect(seen).toHaveLength(keys.length);
    });
  });
});

describe("the simulation", () => {
  async function busyHash(seed: string): Promise<string> {
    const kernel = await inWorld(seed, async ({ send, startWallet, main }) => {
      const first = startWallet("wallet-1");
      startWallet("wallet-2");
      for (let index = 0; index < 20; index += 1) {
        await send(numbered(3, `key-${index}`));
        if (index === 10) first.crash();
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
    await inWorld("one by one", async ({ network, main }) => {
      const connection = await network.connect({ from: main, to: "kafka-1" });
      const replied: string[] = [];
      const polling = connection.request({
        kind: "fetch",
        maxWaitMs: 1_000,
        minBytes: 1,
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
    await inWorld("quiet", async ({ kernel, startWallet, main }) => {
      startWallet("wallet-1");
      await main.sleep(10_000);
      const before = kernel.step;
      await main.sleep(100_000);
      expect(kernel.step - before).toBeLessThan(200);
    });
  });

  test("a request that is not simulated ends the run, though the client catches every error", async () => {
    const run = inWorld("refusal", async ({ network, main }) => {
      const connection = await network.connect({ from: main, to: "kafka-1" });
      await connection.request({ kind: "init-producer-id" }).catch(() => {});
    });
    await expect(run).rejects.toBeInstanceOf(NotSimulated);
    await expect(run).rejects.toThrow('not simulated: Kafka request at "init-producer-id"');
  });
});
