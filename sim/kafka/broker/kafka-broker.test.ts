import { beforeEach, describe, expect, test } from "vitest";
import { NotSimulated } from "../../kernel/not-simulated.ts";
import type { NewTopic, RequestOf } from "../protocol/protocol.ts";
import {
  ClusterConversation,
  fetch,
  produce,
  type Asked,
} from "../testing/cluster-conversation.ts";

const PLACE = { topic: "payments", partition: 0 };

let talk: ClusterConversation;
beforeEach(() => {
  talk = new ClusterConversation();
  talk.cluster.createTopic("payments", 2);
});

/** What is answered at once for the one batch of the request. */
function send(...parts: Parameters<typeof produce>) {
  const batch = talk.ask(produce(...parts)).reply?.batches[0];
  return batch?.error === "NONE" ? batch.baseOffset : batch?.error;
}

/** What is read, or the error; undefined while the fetch waits. */
function textOf({ reply }: Asked<"fetch">): string | undefined {
  const found = reply?.partitions[0];
  if (found === undefined || found.error !== "NONE") {
    return found?.error;
  }
  return found.records.map(({ value }) => value).join("");
}

function read(...parts: Parameters<typeof fetch>): string | undefined {
  return textOf(talk.ask(fetch(...parts)));
}

function offsetAt(at: RequestOf<"list-offsets">["at"]) {
  const { reply } = talk.ask({ kind: "list-offsets", at, partitions: [PLACE] });
  const found = reply?.partitions[0];
  return [found?.error, found?.offset, found?.timestampMs];
}

/** Does it all at 10 ms. */
async function play(step: () => void): Promise<void> {
  talk.at(10, step);
  await talk.play(1_000);
}

describe("a broker that is sent records", () => {
  test("takes a batch of up to a mebibyte and 12 bytes, as it lies in the log", async () => {
    // With 61 bytes of the batch and 11 of the record around it.
    const limit = 1_048_588 - 72;
    await play(() => {
      expect(send(["x".repeat(limit + 1)])).toBe("MESSAGE_TOO_LARGE");
      expect(send(["x".repeat(limit)])).toBe(0);
      expect(send(["€".repeat(Math.ceil(limit / 3))])).toBe("MESSAGE_TOO_LARGE");
    });
  });

  test("refuses a batch without records, and one more than an hour ahead of its clock", async () => {
    await play(() => {
      expect(send([])).toBe("INVALID_RECORD");
      expect(send(["a"], { timestampMs: 3_600_011 })).toBe("INVALID_TIMESTAMP");
      expect(send(["a"], { timestampMs: 3_600_010 })).toBe(0);
      expect(send(["a"], { timestampMs: -5 })).toBe(1);
    });
  });

  test("gives a record its own time where the topic says so", async () => {
    const configs = new Map([["message.timestamp.type", "LogAppendTime"]]);
    talk = new ClusterConversation();
    talk.cluster.createTopic("payments", 1, { configs });
    await play(() => {
      send(["a"], { timestampMs: 99_999_999 });
      expect(talk.observation.records("payments")[0]?.timestampMs).toBe(10);
    });
  });

  test("takes what it can of a request, and refuses the rest by name", async () => {
    await play(() => {
      const request = produce(["a"]);
      const batches = ["payments", "nowhere"].flatMap((topic) =>
        request.batches.map((batch) => ({ ...batch, topic })),
      );
      expect(talk.ask({ ...request, batches }).reply?.batches).toMatchObject([
        { topic: "payments", error: "NONE", baseOffset: 0 },
        { topic: "nowhere", error: "UNKNOWN_TOPIC_OR_PARTITION", baseOffset: -1 },
      ]);
      expect(talk.observation.topics()).toEqual(["payments"]);
    });
  });

  test("knows a repetition of an idempotent producer by its numbers, and gives out ids once", async () => {
    await play(() => {
      const ids = [1, 2].map(() => talk.ask({ kind: "init-producer-id" }).reply?.producer);
      expect(ids).toEqual([
        { id: 0, epoch: 0 },
        { id: 1, epoch: 0 },
      ]);
      const [producer = null] = ids;
      expect(send(["a", "b"], { producer, baseSequence: 0 })).toBe(0);
      expect(send(["c"], { producer, baseSequence: 2 })).toBe(2);
      expect(send(["a", "b"], { producer, baseSequence: 0 })).toBe(0);
      expect(send(["e"], { producer, baseSequence: 4 })).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
      expect(read(0)).toBe("abc");
    });
  });
});

describe("a broker that is asked for records", () => {
  test("waits for the minimum, and for no longer than it may", async () => {
    let one: Asked<"fetch"> = { reply: undefined };
    let many: Asked<"fetch"> = { reply: undefined };
    talk.at(10, () => {
      one = talk.ask(fetch(0, { maxWaitMs: 500 }));
      many = talk.ask(fetch(0, { maxWaitMs: 500, minBytes: 200 }));
      send(["a"]);
      expect([textOf(one), textOf(many)]).toEqual(["a", undefined]);
      send(["b"]);
      expect(textOf(many)).toBeUndefined();
      send(["c"]);
      expect(textOf(many)).toBe("abc");
      one = talk.ask(fetch(3, { maxWaitMs: 500 }));
      many = talk.ask(fetch(0, { maxWaitMs: 500, minBytes: 9_000 }));
    });
    talk.at(509, () => expect([textOf(one), textOf(many)]).toEqual([undefined, undefined]));
    talk.at(511, () => expect([textOf(one), textOf(many)]).toEqual(["", "abc"]));
    await talk.play(1_000);
  });

  test("brings whole batches, within the limits of a partition and of the answer, and always one", async () => {
    await play(() => {
      send(["a", "b"]);
      send(["c"]);
      send(["d"], { partition: 1 });
      expect(read(0, { maxBytesPerPartition: 1 })).toBe("ab");
      expect(read(0, { maxBytes: 1 })).toBe("ab");
      const partitions = [0, 1].map((partition) => ({ ...PLACE, partition, offset: 0 }));
      const { reply } = talk.ask({ ...fetch(0, { maxBytes: 100 }), partitions });
      expect(reply?.partitions.map(({ records }) => records.length)).toEqual([2, 0]);
    });
  });

  test("says at once that an offset is out of range, or a partition unknown", async () => {
    await play(() => {
      send(["a"]);
      expect(read(2, { maxWaitMs: 500 })).toBe("OFFSET_OUT_OF_RANGE");
      expect(read(-1, { maxWaitMs: 500 })).toBe("OFFSET_OUT_OF_RANGE");
      expect(read(1)).toBe("");
      const partitions = [{ ...PLACE, partition: 2, offset: 0 }];
      const { reply } = talk.ask({ ...fetch(0, { maxWaitMs: 500 }), partitions });
      expect(reply?.partitions[0]?.error).toBe("UNKNOWN_TOPIC_OR_PARTITION");
    });
  });

  test("finds the first record that is not older than a time, by the senders' clocks", async () => {
    await play(() => {
      send(["a"], { timestampMs: 100 });
      send(["b"], { timestampMs: 50 });
      send(["c"], { timestampMs: 200 });
      expect(offsetAt("earliest")).toEqual(["NONE", 0, -1]);
      expect(offsetAt("latest")).toEqual(["NONE", 3, -1]);
      expect(offsetAt({ timestampMs: 60 })).toEqual(["NONE", 0, 100]);
      expect(offsetAt({ timestampMs: 101 })).toEqual(["NONE", 2, 200]);
      expect(offsetAt({ timestampMs: 201 })).toEqual(["NONE", -1, -1]);
    });
  });

  test("brings nothing from before what was deleted", async () => {
    await play(() => {
      send(["a", "b", "c"]);
      const removeTo = (offset: number) =>
        talk.ask({ kind: "delete-records", partitions: [{ ...PLACE, offset }] }).reply
          ?.partitions[0];
      expect(removeTo(4)).toMatchObject({ error: "OFFSET_OUT_OF_RANGE" });
      expect(removeTo(2)).toMatchObject({ error: "NONE", logStartOffset: 2 });
      expect([read(0), read(2), offsetAt("earliest")[1]]).toEqual(["OFFSET_OUT_OF_RANGE", "c", 2]);
      expect(removeTo(-1)).toMatchObject({ error: "NONE", logStartOffset: 3 });
      expect(talk.observation.progress("g", "payments")[0]?.lag).toBe(0);
    });
  });
});

describe("topics", () => {
  function create(topic: Partial<NewTopic>) {
    const defaults = { topic: "more", partitions: 1, replicationFactor: -1, configs: new Map() };
    const asked = talk.ask({ kind: "create-topics", topics: [{ ...defaults, ...topic }] });
    return asked.reply?.topics[0]?.error;
  }

  test("are created as the request says, or refused", async () => {
    await play(() => {
      expect(create({ topic: "payments" })).toBe("TOPIC_ALREADY_EXISTS");
      expect(create({ topic: "no topic" })).toBe("INVALID_TOPIC_EXCEPTION");
      expect(create({ partitions: 0 })).toBe("INVALID_PARTITIONS");
      expect(create({ replicationFactor: 2 })).toBe("INVALID_REPLICATION_FACTOR");
      expect(create({ configs: new Map([["retention.ms", "soon"]]) })).toBe("INVALID_CONFIG");
      expect(create({ configs: new Map([["segment.bytes", "1048575"]]) })).toBe("INVALID_CONFIG");
      expect(create({})).toBe("NONE");
      const { reply } = talk.ask({ kind: "metadata", topics: ["more", "none"] });
      expect(reply?.topics).toMatchObject([
        { topic: "more", error: "NONE", partitions: [{ leader: 1, replicas: [1], isr: [1] }] },
        { topic: "none", error: "UNKNOWN_TOPIC_OR_PARTITION", partitions: [] },
      ]);
    });
  });

  test("get more partitions, never fewer", async () => {
    await play(() => {
      send(["a"]);
      const grow = (topic: string, partitions: number) =>
        talk.ask({ kind: "create-partitions", topics: [{ topic, partitions }] }).reply?.topics[0]
          ?.error;
      expect(grow("payments", 2)).toBe("INVALID_PARTITIONS");
      expect(grow("none", 2)).toBe("UNKNOWN_TOPIC_OR_PARTITION");
      expect(grow("payments", 4)).toBe("NONE");
      expect(send(["b"], { partition: 3 })).toBe(0);
      expect(read(0)).toBe("a");
      expect(talk.observation.progress("g", "payments")).toHaveLength(4);
    });
  });

  test.each([
    ["cleanup.policy", "compact", "compaction of a topic"],
    ["compression.type", "zstd", "a topic with this setting"],
  ])("with %s=%s end the run", async (name, value, feature) => {
    const run = play(() => create({ configs: new Map([[name, value]]) }));
    await expect(run).rejects.toBeInstanceOf(NotSimulated);
    await expect(run).rejects.toThrow(`not simulated: ${feature} at "${name}=${value}"`);
  });

  test("lose what is too old when the broker looks, 30 s after it began to lead, then every five minutes", async () => {
    talk = new ClusterConversation();
    const configs = new Map([["retention.ms", "20000"]]);
    talk.cluster.createTopic("payments", 1, { configs });
    talk.at(10, () => send(["a"], { timestampMs: 10 }));
    talk.at(29_999, () => expect(read(0)).toBe("a"));
    talk.at(30_001, () => {
      expect(read(0)).toBe("OFFSET_OUT_OF_RANGE");
      expect(send(["b"], { timestampMs: 30_001 })).toBe(1);
    });
    talk.at(329_999, () => expect(read(1)).toBe("b"));
    talk.at(330_001, () => expect(offsetAt("earliest")).toEqual(["NONE", 2, -1]));
    await talk.play(400_000);
  });
});
