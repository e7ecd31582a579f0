import { describe, expect, test } from "vitest";
import { inKafkaWorld, record } from "../../testing/kafka-test-world.ts";

const KEYS = ["a", "b", "c", "d", "e", "f", "g", "h"];

describe("handing over", () => {
  test("partitions are handled so many at once as asked for, each in its own order", async () => {
    for (const partitionsConcurrent of [1, 2, 4]) {
      let now = 0;
      let most = 0;
      const order = new Map<number, bigint[]>();
      await inKafkaWorld("at once", async ({ send, startWallet, main }) => {
        await send([0, 1].flatMap((round) => KEYS.map((key) => record(key, `${key}${round}`))));
        startWallet("wallet-1", {
          partitionsConcurrent,
          onMessage: async ({ partition, offset }, commit) => {
            now += 1;
            most = Math.max(most, now);
            order.set(partition, [...(order.get(partition) ?? []), offset]);
            await main.sleep(20);
            now -= 1;
            await commit();
          },
        });
        await main.sleep(5_000);
      });
      const offsets = [...order.values()];
      expect(most).toBe(Math.min(partitionsConcurrent, offsets.length));
      expect(offsets.flat()).toHaveLength(2 * KEYS.length);
      for (const each of offsets) {
        expect(each).toEqual(each.map((_, index) => BigInt(index)));
      }
    }
  });

  test("a handler of batches gets all that was fetched of a partition, and goes on behind what it resolved", async () => {
    await inKafkaWorld("batches", async ({ kernel, network, port, send, main, observation }) => {
      await send(["0", "1", "2", "3"].map((value) => record("k", value)));
      const seen: string[][] = [];
      kernel.startProcess("wallet-1", async (self) => {
        const { createKafkaClient } = await import("../kafka-client.ts");
        await createKafkaClient({ network, process: self, servers: [port] }).startConsumer({
          group: "wallet",
          topics: ["payments"],
          fromBeginning: true,
          onBatch: async (batch, commit) => {
            seen.push(batch.records.map(({ value }) => value ?? ""));
            if (seen.length === 1) {
              batch.resolve(1);
              throw new Error("half of it");
            }
            await commit([{ ...batch, offset: 3 }]);
          },
        });
        await self.promise("the end", () => {});
      });
      await main.sleep(5_000);
      expect(seen).toEqual([
        ["0", "1", "2", "3"],
        ["2", "3"],
      ]);
      expect(observation.progress("wallet", "payments").find(({ lag }) => lag > 0)).toBeUndefined();
    });
  });

  test("where one batch fails the others are handled, and the first failure counts", async () => {
    await inKafkaWorld("failures", async ({ send, startWallet, main }) => {
      await send(KEYS.map((key) => record(key, key)));
      const seen = new Set<string>();
      startWallet("wallet-1", {
        onMessage: async ({ value }) => {
          seen.add(value ?? "");
          throw new Error("never");
        },
      });
      // Before the first retry.
      await main.sleep(150);
      expect(seen.size).toBeGreaterThan(1);
    });
  });
});
