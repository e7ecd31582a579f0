import { describe, expect, test } from "vitest";
import { inKafkaWorld, lag, record } from "./testing/kafka-test-world.ts";

describe("groups", () => {
  const keys = ["a", "b", "c", "d", "e", "f", "g", "h"];

  test("two members share the partitions, and after one dies the other gets all once its session is over", async () => {
    await inKafkaWorld("share", async ({ send, startWallet, main, seen, observation }) => {
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
      expect(lag(observation)).toBeGreaterThan(0);
      await main.sleep(12_000);
      expect(lag(observation)).toBe(0);
      const late = seen.filter((text) => text.includes("late"));
      expect(late).toHaveLength(keys.length);
      expect(new Set(late.map((text) => text.split(" ")[0]))).toEqual(new Set(["wallet-2"]));
      expect(observation.group("wallet").memberIds).toHaveLength(1);
    });
  });

  test("a member that learns of a rebalance joins again at once, without a back-off", async () => {
    await inKafkaWorld("at once", async ({ startWallet, main, observation }) => {
      startWallet("wallet-1", { heartbeatIntervalMs: 10, maxWaitMs: 50 });
      await main.sleep(1_000);
      startWallet("wallet-2");
      await main.sleep(100);
      expect(observation.group("wallet")).toMatchObject({ state: "stable", generation: 2 });
    });
  });

  test("a member that leaves in order hands its partitions over without waiting for the session time-out", async () => {
    await inKafkaWorld("leave", async ({ send, startWallet, client, main, seen, observation }) => {
      const consumer = await client(main).startConsumer({
        group: "wallet",
        topics: ["payments"],
        onMessage: async () => {},
      });
      startWallet("wallet-2");
      await main.sleep(12_000);
      expect(observation.group("wallet").memberIds).toHaveLength(2);
      await consumer.stop();
      await send(keys.map((key) => record(key, key)));
      await main.sleep(5_500);
      expect(observation.group("wallet").memberIds).toHaveLength(1);
      expect(new Set(seen).size).toBe(keys.length);
    });
  });

  test("a zombie's commit is fenced after the group went on without it, and the message comes again", async () => {
    await inKafkaWorld("zombie", async ({ send, startWallet, main, seen, observation }) => {
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
      expect(lag(observation)).toBe(0);
    });
  });

  test("more members than partitions leave the rest idle and in the group", async () => {
    await inKafkaWorld("idle", async ({ startWallet, main, observation, send, seen }) => {
      for (let index = 1; index <= 5; index += 1) {
        startWallet(`wallet-${index}`);
      }
      await main.sleep(30_000);
      expect(observation.group("wallet")).toMatchObject({ state: "stable" });
      expect(observation.group("wallet").memberIds).toHaveLength(5);
      await send(keys.map((key) => record(key, key)));
      await main.sleep(1_000);
      expect(seen).toHaveLength(keys.length);
    });
  });
});
