import { describe, expect, test } from "vitest";
import type { ConsumerMessage } from "./client/consumer/consumer.ts";
import { inKafkaWorld, lag, record } from "./testing/kafka-test-world.ts";

describe("producing and consuming", () => {
  test("records of one key arrive in the order of sending, each once, with key, headers and offset", async () => {
    const messages: ConsumerMessage[] = [];
    await inKafkaWorld("order", async ({ startWallet, send, main, observation }) => {
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
      expect(lag(observation)).toBe(0);
      expect(observation.records("payments")).toHaveLength(150);
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
    await inKafkaWorld("keyless", async ({ send, observation }) => {
      await send([record(null, "1"), record(null, "2"), record(null, "3"), record(null, "4")]);
      expect(observation.records("payments").map(({ partition }) => partition)).toEqual([
        0, 1, 2, 3,
      ]);
    });
  });

  test("an observer is told of every record once, in the order of appending", async () => {
    await inKafkaWorld("observed", async ({ send, appended }) => {
      await send([record("a", "1"), record("a", "2")]);
      await send([record("a", "3")]);
      const place = appended[0]?.split("@")[0];
      expect(appended).toEqual([`${place}@0 1`, `${place}@1 2`, `${place}@2 3`]);
    });
  });

  test("a group without a committed offset starts at the beginning only when asked to", async () => {
    await inKafkaWorld("beginning", async ({ send, startWallet, main, seen }) => {
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

  test("an unknown topic is named once the retries are used up", async () => {
    await inKafkaWorld("unknown", async ({ send, main }) => {
      const failure = await send([{ ...record("k", "v"), topic: "nowhere" }]).catch(
        (error: unknown) => error,
      );
      expect(failure).toMatchObject({ name: "RetriesExceeded" });
      expect(failure).toHaveProperty(
        "message",
        expect.stringContaining("UNKNOWN_TOPIC_OR_PARTITION"),
      );
      expect(main.nowMs()).toBeGreaterThan(5_000);
    });
  });
});
