import {
  BrokerError,
  lastOfEach,
  type Delivery,
  type Producer,
} from "../../system/ports/broker.ts";
import { KNOB_BOUNDS } from "../../system/process/knobs.ts";
import { demandEqual, type Claim } from "./claim.ts";
import { SESSION_TIMEOUT_MS, startReader, until } from "./reader.ts";
import type { BrokerStage } from "./stage.ts";

/** What the services rely on from Kafka, through the broker port. */
export const brokerContract: readonly Claim<BrokerStage>[] = [
  {
    claim: "records of one key arrive in the order of sending, and on one partition",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(3);
        // One more than the partitions: dealt out in turn, no key would stay on its partition.
        const keys = ["payment-1", "payment-2", "payment-3", "payment-4"];
        for (const round of [0, 1, 2, 3]) {
          const values = [`${round}.0`, `${round}.1`];
          await producer.send(
            values.flatMap((value) => keys.map((key) => ({ topic, key, value }))),
          );
        }
        const reader = await startReader(stage, { client: "second", topic });
        await until(stage.clock, "32 deliveries", () => reader.seen.length === 32);
        for (const key of keys) {
          const ofKey = reader.seen.filter((delivery) => delivery.key === key);
          const sent = ["0.0", "0.1", "1.0", "1.1", "2.0", "2.1", "3.0", "3.1"];
          demandEqual(`the values of ${key}`, values(ofKey), sent);
          const partitions = new Set(ofKey.map(({ partition }) => partition));
          demandEqual(`how many partitions ${key} is on`, partitions.size, 1);
        }
        await reader.stop();
      }),
  },

  {
    claim: "a key goes to the partition that Kafka's murmur2 gives it",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(6);
        await producer.send(PARTITION_OF_6.map(([key]) => ({ topic, key, value: "" })));
        const reader = await startReader(stage, { client: "second", topic });
        const { seen } = reader;
        await until(stage.clock, "every key", () => seen.length === PARTITION_OF_6.length);
        const found = PARTITION_OF_6.map(([key]) => [
          key,
          seen.find((delivery) => delivery.key === key)?.partition,
        ]);
        demandEqual("the partitions", found, PARTITION_OF_6);
        await reader.stop();
      }),
  },

  {
    claim: "a new group reads from the beginning, whatever another group has committed",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(1);
        await producer.send(records(topic, ["a", "b"]));
        for (const group of [stage.group, `${stage.group}-other`]) {
          const reader = await startReader(stage, { client: "second", topic, group });
          await until(stage.clock, "2 deliveries", () => reader.seen.length === 2);
          await reader.stop();
          demandEqual(`what ${group} read`, values(reader.seen), ["a", "b"]);
        }
      }),
  },

  {
    claim:
      "after a restart of its consumer a group goes on behind what it committed, and repeats what it did not",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(1);
        await producer.send(records(topic, ["a", "b", "c"]));
        const before = await startReader(stage, {
          client: "second",
          topic,
          onMessage: (delivery, commit) => commitUnless(delivery, commit, "c"),
        });
        await until(stage.clock, "3 deliveries", () => before.seen.length === 3);
        await before.stop();
        const after = await startReader(stage, { client: "third", topic });
        await producer.send(records(topic, ["d"]));
        await until(stage.clock, "d", () => values(after.seen).includes("d"));
        demandEqual("what came after the restart", values(after.seen), ["c", "d"]);
        await after.stop();
      }),
  },

  {
    claim: "a message whose handler throws comes again, and those after it come after it",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(1);
        await producer.send(records(topic, ["a", "b", "c"]));
        let failures = 0;
        const reader = await startReader(stage, {
          client: "second",
          topic,
          onMessage: async (delivery, commit) => {
            if (delivery.value === "b" && failures < 2) {
              failures += 1;
              throw new Error("not this time");
            }
            await commit();
          },
        });
        await until(stage.clock, "c", () => values(reader.seen).includes("c"));
        demandEqual("what came", values(reader.seen), ["a", "b", "b", "b", "c"]);
        await reader.stop();
      }),
  },

  {
    claim: "what waits in a partition comes together, in order, and no more at once than asked for",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(1);
        await producer.send(records(topic, ["a", "b", "c", "d", "e"]));
        const handed: string[] = [];
        const reader = await startReader(stage, {
          client: "second",
          topic,
          batches: {
            batchMax: 2,
            async onBatch({ deliveries, commit, heartbeat }) {
              handed.push(values(deliveries).join(""));
              await heartbeat();
              await commit(lastOfEach(deliveries));
            },
          },
        });
        await until(stage.clock, "e", () => handed.join("").endsWith("e"));
        demandEqual("what was handed over", handed, ["ab", "cd", "e"]);
        await reader.stop();
      }),
  },

  {
    claim: "what waits in several partitions comes together, and is committed by one request",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(6);
        const sent = PARTITION_OF_6.map(([key]) => key);
        await producer.send(sent.map((key) => ({ topic, key, value: key })));
        const handed: string[][] = [];
        const reader = await startReader(stage, {
          client: "second",
          topic,
          batches: {
            batchMax: sent.length,
            async onBatch({ deliveries, commit }) {
              await commit(lastOfEach(deliveries));
              handed.push([...values(deliveries)]);
            },
          },
        });
        await until(stage.clock, "what was sent", () => handed.flat().length >= sent.length);
        demandEqual("what was handed over", handed.map(inOrder), [inOrder(sent)]);
        await reader.stop();
        await producer.send(records(topic, ["last"]));
        const after = await startReader(stage, { client: "third", topic });
        await until(stage.clock, "the last", () => values(after.seen).includes("last"));
        demandEqual("what came after the restart", values(after.seen), ["last"]);
        await after.stop();
      }),
  },

  {
    claim:
      "of a batch whose handler throws, what it had committed does not come again, and the rest does",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(1);
        await producer.send(records(topic, ["a", "b", "c", "d"]));
        const handed: string[] = [];
        const reader = await startReader(stage, {
          client: "second",
          topic,
          batches: {
            batchMax: 10,
            async onBatch({ deliveries, commit }) {
              handed.push(values(deliveries).join(""));
              if (handed.length === 1) {
                await commit(lastOfEach(deliveries.slice(0, 2)));
                throw new Error("no further");
              }
              await commit(lastOfEach(deliveries));
            },
          },
        });
        await until(stage.clock, "a second batch", () => handed.length === 2);
        demandEqual("what was handed over", handed, ["abcd", "cd"]);
        await reader.stop();
        await producer.send(records(topic, ["e"]));
        const after = await startReader(stage, { client: "third", topic });
        await until(stage.clock, "e", () => values(after.seen).includes("e"));
        demandEqual("what came after the restart", values(after.seen), ["e"]);
        await after.stop();
      }),
  },

  {
    claim: "a message that fails again and again holds up its own partition, and no other",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(6);
        // Sent before anybody reads: one fetch brings all of it, whatever partition comes first.
        await producer.send(PARTITION_OF_6.map(([key]) => ({ topic, key, value: key })));
        const others = PARTITION_OF_6.filter(([, partition]) => partition !== POISONED);
        const reader = await startReader(stage, {
          client: "second",
          topic,
          onMessage: async (delivery, commit) => {
            if (delivery.partition === POISONED) {
              throw new Error("never");
            }
            await commit();
          },
        });
        const poisoned = () => reader.seen.filter(({ partition }) => partition === POISONED);
        await until(stage.clock, "the message of one partition a third time", () => {
          return poisoned().length === 3;
        });
        const came = values(reader.seen.filter(({ partition }) => partition !== POISONED));
        // Delivery is at least once.
        const once = [...new Set(came)];
        const sent = others.map(([key]) => key);
        demandEqual("what came of the other partitions", inOrder(once), inOrder(sent));
        demandEqual("what came of its own", [...new Set(values(poisoned()))], ["payment-1"]);
        await reader.stop();
      }),
  },

  {
    claim:
      "what a dead consumer had not committed comes to the next one within the session time-out",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(1);
        await producer.send(records(topic, ["a", "b", "c"]));
        const dying = await startReader(stage, {
          client: "second",
          topic,
          onMessage: (delivery, commit) => commitUnless(delivery, commit, "b", "c"),
        });
        await until(stage.clock, "b", () => values(dying.seen).includes("b"));
        await stage.die("second");
        const diedAtMs = stage.clock.nowMs();
        const next = await startReader(stage, { client: "third", topic });
        await until(stage.clock, "c", () => values(next.seen).includes("c"));
        const delayMs = stage.clock.nowMs() - diedAtMs;
        demandEqual("what came to the next one", values(next.seen), ["b", "c"]);
        // The broker looks at its sessions when they are due; the slack is for the join and the
        // fetch.
        const boundMs = SESSION_TIMEOUT_MS + 3_000;
        if (delayMs > boundMs) {
          throw new Error(`expected the messages within ${boundMs} ms, found ${delayMs} ms`);
        }
        await next.stop();
      }),
  },

  {
    claim:
      "a handler slower than its session time-out has the next member's beside it, and its commit is refused",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(1);
        await producer.send(records(topic, ["a"]));
        const refusals: string[] = [];
        const slow = await startReader(stage, {
          client: "second",
          topic,
          onMessage: async (_delivery, commit) => {
            await stage.clock.sleep(2 * SESSION_TIMEOUT_MS + 2_000);
            await commit().catch((error: unknown) => {
              refusals.push(error instanceof BrokerError ? error.applied : String(error));
            });
          },
        });
        await until(stage.clock, "a", () => slow.seen.length === 1);
        const next = await startReader(stage, { client: "third", topic });
        await until(stage.clock, "a again", () => next.seen.length === 1);
        demandEqual("commits that were refused meanwhile", refusals, []);
        await until(stage.clock, "the refusal", () => refusals.length > 0);
        demandEqual("commits that were refused", refusals, ["unknown"]);
        await slow.stop();
        await next.stop();
      }),
  },

  {
    claim: "a commit after its consumer was told to stop is not made, and says nothing of it",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(1);
        await producer.send(records(topic, ["a"]));
        const done: string[] = [];
        const stopping = await startReader(stage, {
          client: "second",
          topic,
          onMessage: async (_delivery, commit) => {
            await until(stage.clock, "the stop", () => done.includes("told"));
            await commit();
            done.push("committed");
          },
        });
        await until(stage.clock, "a", () => stopping.seen.length === 1);
        const stopped = stopping.stop();
        done.push("told");
        await stopped;
        demandEqual("what was done", done, ["told", "committed"]);
        const next = await startReader(stage, { client: "third", topic });
        await until(stage.clock, "a again", () => next.seen.length === 1);
        demandEqual("what came to the next one", values(next.seen), ["a"]);
        await next.stop();
      }),
  },

  {
    claim:
      "a consumer whose session time-out the broker does not take starts, ends, and is told of",
    async check(stage) {
      const topic = await stage.createTopic(1);
      for (const sessionTimeoutMs of [BROKER_SESSION_MS_MIN - 1, BROKER_SESSION_MS_MAX + 1]) {
        const reader = await startReader(stage, { client: "second", topic, sessionTimeoutMs });
        await until(stage.clock, "its end", () => reader.ends.length > 0);
        demandEqual("what was told", reader.ends, ["BrokerError"]);
        await reader.stop();
      }
    },
  },

  {
    claim: "the shortest and the longest session time-out that the services take are taken",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(1);
        await producer.send(records(topic, ["a"]));
        for (const sessionTimeoutMs of [BROKER_SESSION_MS_MIN, BROKER_SESSION_MS_MAX]) {
          const group = `${stage.group}-${sessionTimeoutMs}`;
          const request = { client: "second", topic, group, sessionTimeoutMs } as const;
          const reader = await startReader(stage, request);
          await until(stage.clock, "a delivery", () => reader.seen.length === 1);
          demandEqual("its end", reader.ends, []);
          await reader.stop();
        }
      }),
  },

  {
    claim: "a consumer whose handler throws a TypeError ends, and is told of",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(1);
        await producer.send(records(topic, ["a"]));
        const reader = await startReader(stage, {
          client: "second",
          topic,
          onMessage: () => Promise.reject(new TypeError("a bug")),
        });
        await until(stage.clock, "its end", () => reader.ends.length > 0);
        demandEqual("what came", values(reader.seen), ["a"]);
        await reader.stop();
      }),
  },

  {
    claim: "two consumers of a group share the partitions, and no message comes to both",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(6);
        const left = await startReader(stage, { client: "second", topic });
        const right = await startReader(stage, { client: "third", topic });
        const sent = PARTITION_OF_6.flatMap(([key]) => [`${key} 1`, `${key} 2`]);
        await producer.send(
          sent.map((value) => ({ topic, key: value.split(" ")[0] ?? "", value })),
        );
        const count = () => left.seen.length + right.seen.length;
        await until(stage.clock, "every message", () => count() >= sent.length);
        await left.stop();
        await right.stop();
        const both = [...left.seen, ...right.seen];
        demandEqual("what came to the two", inOrder(values(both)), inOrder(sent));
        const shares = [left, right].map(({ seen }) => partitions(seen));
        demandEqual(
          "partitions of both",
          shares[0]?.filter((each) => shares[1]?.includes(each)),
          [],
        );
        demandEqual(
          "who got some",
          shares.map((share) => share.length > 0),
          [true, true],
        );
      }),
  },
];

/** Keys, and where kafkajs 2.2.4's default partitioner puts them among six partitions. */
const PARTITION_OF_6: readonly (readonly [key: string, partition: number])[] = [
  ["payment-1", 1],
  ["payment-2", 4],
  ["payment-3", 2],
  ["p", 2],
  ["salim", 1],
  ["9f8b2c1e-5d1a-4c7e-8f60-3b1a2d4e5f60", 4],
  ["wallet:فاطمة", 2],
  ["€", 4],
];

const { min: BROKER_SESSION_MS_MIN, max: BROKER_SESSION_MS_MAX } = KNOB_BOUNDS.sessionTimeoutMs;

/** Where `payment-1` is, the first of two messages. */
const POISONED = 1;

async function withProducer(
  stage: BrokerStage,
  check: (producer: Producer) => Promise<void>,
): Promise<void> {
  const producer = await stage.broker("first").connectProducer();
  await check(producer);
  await producer.disconnect();
}

function records(topic: string, sent: readonly string[]) {
  return sent.map((value) => ({ topic, key: "one key", value }));
}

async function commitUnless(
  delivery: Delivery,
  commit: () => Promise<void>,
  ...left: readonly string[]
): Promise<void> {
  if (!left.includes(delivery.value ?? "")) {
    await commit();
  }
}

function values(seen: readonly Delivery[]): readonly string[] {
  return seen.map(({ value }) => value ?? "nothing");
}

function partitions(seen: readonly Delivery[]): readonly number[] {
  return [...new Set(seen.map(({ partition }) => partition))];
}

/** By code unit; equal texts are one another's like. */
function inOrder(texts: readonly string[]): readonly string[] {
  return texts.toSorted((left, right) => (left < right ? -1 : left > right ? 1 : 0));
}
