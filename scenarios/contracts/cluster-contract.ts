import { BrokerError, type Producer } from "../../system/ports/broker.ts";
import { demandEqual, type Claim } from "./claim.ts";
import { startReader, until } from "./reader.ts";
import type { ClusterStage } from "./stage.ts";

/** What the services rely on from a cluster of three brokers, while one of them goes or moves. */
export const clusterContract: readonly Claim<ClusterStage>[] = [
  {
    claim: "what was acknowledged survives its leader, and keeps its order",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(1);
        await sendEach(producer, topic, ["a", "b", "c"]);
        const leader = await stage.leaderOf(topic, 0);
        await stage.stopBroker(leader, "kill");
        await sendEach(producer, topic, ["d"]);
        await stage.startBroker(leader);
        await sendEach(producer, topic, ["e"]);
        // A send that was tried again may be there twice.
        demandEqual("what is there", distinct(await readAll(stage, topic, "e")), "abcde".split(""));
      }),
  },

  {
    claim: "a send to several leaders fails, and is not left out, where one of them has moved",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(3);
        await producer.send(toEach(topic, "before"));
        const leader = await stage.leaderOf(topic, 0);
        await stage.stopBroker(leader, "shut-down");
        await stage.startBroker(leader);
        // Nothing was asked of it meanwhile, so the producer still takes it for the leader.
        demandEqual("the send", await outcomeOf(() => producer.send(toEach(topic, "x"))), UNKNOWN);
        demandEqual("the next", await outcomeOf(() => producer.send(toEach(topic, "y"))), "sent");
        const ends = await stage.ends(topic);
        demandEqual("records of the partition that had moved", ends.get(0), 2);
      }),
  },

  {
    claim: "with fewer replicas in sync than the topic demands a send fails, and nothing is there",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(1, { "min.insync.replicas": "3" });
        await sendEach(producer, topic, ["a"]);
        const leader = await stage.leaderOf(topic, 0);
        const follower = leader === 1 ? 2 : 1;
        await stage.stopBroker(follower, "shut-down");
        demandEqual("the send", await outcomeOf(() => sendEach(producer, topic, ["b"])), UNKNOWN);
        demandEqual("the records", (await stage.ends(topic)).get(0), 1);
        await stage.startBroker(follower);
      }),
  },

  {
    claim: "after a lost acknowledgement a record is there twice",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(1);
        await sendEach(producer, topic, ["a"]);
        await loseAcknowledgement(stage, topic, () => sendEach(producer, topic, ["b"]));
        await sendEach(producer, topic, ["c"]);
        demandEqual("what is there", await readAll(stage, topic, "c"), ["a", "b", "b", "c"]);
      }),
  },

  {
    claim: "a numbered batch that is sent again after a lost acknowledgement is there once",
    async check(stage) {
      const topic = await stage.createTopic(1);
      const producer = await stage.idempotentProducer("first");
      await sendEach(producer, topic, ["a"]);
      await loseAcknowledgement(stage, topic, () => sendEach(producer, topic, ["b"]));
      await sendEach(producer, topic, ["c"]);
      demandEqual("what is there", await readAll(stage, topic, "c"), ["a", "b", "c"]);
      await producer.disconnect();
    },
  },

  {
    claim: "a numbered batch behind one that was given up is taken for it, and left out in silence",
    async check(stage) {
      const topic = await stage.createTopic(1);
      const producer = await stage.idempotentProducer("first");
      await sendEach(producer, topic, ["a"]);
      await stage.holdReplies("first");
      const givenUp = outcomeOf(() => sendEach(producer, topic, ["b"]));
      await until(stage.clock, "b", async () => (await stage.ends(topic)).get(0) === 2);
      await stage.refuse("first");
      await stage.loseConnections("first");
      demandEqual("what was given up", await givenUp, UNKNOWN);
      await stage.admit("first");
      demandEqual("the next", await outcomeOf(() => sendEach(producer, topic, ["c"])), "sent");
      await sendEach(producer, topic, ["d"]);
      demandEqual("what is there", await readAll(stage, topic, "d"), ["a", "b", "d"]);
      await producer.disconnect();
    },
  },

  {
    claim: "a group whose next record was deleted begins at the first that is kept",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(1);
        await sendEach(producer, topic, ["a", "b", "c", "d"]);
        const before = await startReader(stage, {
          client: "second",
          topic,
          onMessage: async (delivery, commit) => {
            if (delivery.value === "a") {
              await commit();
            }
          },
        });
        await until(stage.clock, "d", () => before.seen.length === 4);
        await before.stop();
        await stage.deleteRecords(topic, 3);
        const after = await startReader(stage, { client: "third", topic });
        await sendEach(producer, topic, ["e"]);
        await until(stage.clock, "e", () => after.seen.at(-1)?.value === "e");
        demandEqual("what came", after.seen.map(valueOf), ["d", "e"]);
        await after.stop();
      }),
  },

  {
    claim: "a record that is too large is refused, and those after it are not held up",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(1, { "max.message.bytes": "1000" });
        const large = "x".repeat(2_000);
        demandEqual("it", await outcomeOf(() => sendEach(producer, topic, [large])), UNKNOWN);
        await sendEach(producer, topic, ["small"]);
        demandEqual("what is there", await readAll(stage, topic, "small"), ["small"]);
      }),
  },

  {
    claim: "hostile text arrives as it was sent, but for halves of characters",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(1);
        const sent = [
          "",
          "\u0000",
          "{",
          '"; DROP TABLE x; --',
          "\u202Eabc",
          "😀",
          "a".repeat(9_999),
        ];
        await sendEach(producer, topic, [...sent, "half \uD83D.", "end"]);
        demandEqual("what is there", await readAll(stage, topic, "end"), [
          ...sent,
          "half \uFFFD.",
          "end",
        ]);
      }),
  },

  {
    claim: "a group goes on when a broker is killed that may coordinate it, and nothing is skipped",
    check: (stage) =>
      withProducer(stage, async (producer) => {
        const topic = await stage.createTopic(3);
        await producer.send(toEach(topic, "1"));
        const reader = await startReader(stage, { client: "second", topic });
        await until(stage.clock, "3 deliveries", () => reader.seen.length >= 3);
        for (const broker of [1, 2, 3]) {
          await stage.stopBroker(broker, "kill");
          await stage.startBroker(broker);
        }
        // Once more where a leader had moved.
        const again = () => producer.send(toEach(topic, "2"));
        if ((await outcomeOf(again)) !== "sent") {
          await again();
        }
        const seen = () => new Set(reader.seen.map(({ key, value }) => `${key} ${value}`));
        await until(stage.clock, "every record", () => seen().size === 6);
        await reader.stop();
      }),
  },

  {
    claim: "a producer that reaches no broker is refused, and has sent nothing",
    async check(stage) {
      await stage.refuse("third");
      const outcome = await outcomeOf(async () => {
        await stage.broker("third").connectProducer();
      });
      demandEqual("the producer", outcome, "BrokerError, applied: no");
    },
  },
];

const UNKNOWN = "BrokerError, applied: unknown";

/** Keys of the three partitions of a topic. */
const KEYS = ["f", "a", "b"] as const;

function toEach(topic: string, value: string) {
  return KEYS.map((key) => ({ topic, key, value }));
}

/** One after the other, all with one key. */
async function sendEach(
  producer: Producer,
  topic: string,
  values: readonly string[],
): Promise<void> {
  for (const value of values) {
    await producer.send([{ topic, key: "one key", value }]);
  }
}

async function outcomeOf(ask: () => Promise<void>): Promise<string> {
  try {
    await ask();
    return "sent";
  } catch (error) {
    if (!(error instanceof BrokerError)) {
      throw error;
    }
    return `BrokerError, applied: ${error.applied}`;
  }
}

/** Sends: the record is in the log, and the connection breaks before its answer comes. */
async function loseAcknowledgement(
  stage: ClusterStage,
  topic: string,
  send: () => Promise<void>,
): Promise<void> {
  const end = (await stage.ends(topic)).get(0) ?? 0;
  await stage.holdReplies("first");
  const sending = send();
  await until(stage.clock, "it", async () => (await stage.ends(topic)).get(0) === end + 1);
  await stage.loseConnections("first");
  await sending;
}

/** By a group of its own, up to that value. */
async function readAll(
  stage: ClusterStage,
  topic: string,
  last: string,
): Promise<readonly string[]> {
  const reader = await startReader(stage, { client: "second", topic, group: `${stage.group}-all` });
  await until(stage.clock, last, () => reader.seen.some(({ value }) => value === last));
  await reader.stop();
  return reader.seen.map(valueOf);
}

function valueOf({ value }: { readonly value: string | null }): string {
  return value ?? "nothing";
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

async function withProducer(
  stage: ClusterStage,
  check: (producer: Producer) => Promise<void>,
): Promise<void> {
  const producer = await stage.broker("first").connectProducer();
  await check(producer);
  await producer.disconnect();
}
