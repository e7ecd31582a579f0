import { describe, expect, it } from "vitest";
import { encodeEvent, type Event } from "../domain/events.ts";
import { BrokerError, type Delivery, type DeliveryBatch } from "../ports/broker.ts";
import { DatabaseError } from "../ports/database.ts";
import { SAMPLE_TRACE, sampleHead } from "../testing/samples.ts";
import { databaseError, scriptedDatabase } from "../testing/scripted-database.ts";
import { consume, type Handle } from "./consume.ts";

const COMPLETED: Event = {
  ...sampleHead("e1"),
  type: "payment.completed",
  paymentId: "p1",
  receiverOwnerId: "badria",
};
const KEEP = "INSERT INTO dead_letters";

/** A consumer's surroundings; `steps` says what happened, in order. */
function surroundings() {
  const steps: string[] = [];
  const database = scriptedDatabase((sql) => {
    if (sql.startsWith(KEEP)) {
      steps.push("set aside");
    }
    return undefined;
  });
  const clock = {
    nowMs: () => 1_234,
    async sleep(delayMs: number) {
      steps.push(`slept ${delayMs} ms`);
    },
  };
  const lines: object[] = [];
  const telemetry = {
    event: (name: string, detail: object) => void lines.push({ name, ...detail }),
  };
  const deadLetterTopic = "wallet.dead-letters";
  return { steps, lines, database, ports: { database, clock, telemetry, deadLetterTopic } };
}

/** Messages of one partition, from offset 41 on. */
function batchOf(
  values: readonly (string | null)[],
  steps: string[],
  topic = "payment.completed",
): DeliveryBatch {
  return {
    deliveries: values.map((value, index): Delivery => {
      return { topic, partition: 2, offset: String(41 + index), key: "p1", value };
    }),
    async commit(lasts) {
      steps.push(`offset ${lasts.map(({ offset }) => offset).join(" ")} committed`);
    },
    async heartbeat() {},
  };
}

/** One message. */
function messageOf(value: string | null, steps: string[], topic?: string): DeliveryBatch {
  return batchOf([value], steps, topic);
}

const LIMITS = { attemptsMax: 3, delayMs: 100, stopping: new AbortController().signal };

describe("consume", () => {
  it.each(["done", "duplicate"] as const)(
    "commits the offset after the handler has answered %s",
    async (answer) => {
      const { steps, ports } = surroundings();
      await consume(ports, LIMITS, messageOf(encodeEvent(COMPLETED), steps), async (events) => {
        steps.push(`handled ${idsOf(events)}`);
        return [answer];
      });
      expect(steps).toEqual(["handled e1", "offset 41 committed"]);
    },
  );

  it.each(["no", "unknown"] as const)(
    "tries again after an error of the database that may have been applied: %s, then commits once",
    async (applied) => {
      const { steps, ports } = surroundings();
      let attempts = 0;
      await consume(ports, LIMITS, messageOf(encodeEvent(COMPLETED), steps), async () => {
        attempts += 1;
        if (steps.length < 2) {
          throw databaseError(applied);
        }
        return ["done"];
      });
      expect(attempts).toBe(applied === "no" ? 3 : 5);
      expect(steps).toEqual(["slept 100 ms", "slept 100 ms", "offset 41 committed"]);
    },
  );

  it("throws at the limit of attempts with nothing committed", async () => {
    const { steps, ports } = surroundings();
    const failure = databaseError("no");
    const consuming = consume(ports, LIMITS, messageOf(encodeEvent(COMPLETED), steps), async () => {
      steps.push("tried");
      throw failure;
    });
    await expect(consuming).rejects.toBe(failure);
    expect(steps).toEqual(["tried", "slept 100 ms", "tried", "slept 100 ms", "tried"]);
  });

  it("says in every line about an event which payment it is, and in which trace", async () => {
    const { steps, lines, ports } = surroundings();
    const batch = messageOf(encodeEvent(COMPLETED), steps);
    const failure = databaseError("no");
    await expect(consume(ports, LIMITS, batch, () => Promise.reject(failure))).rejects.toBe(
      failure,
    );
    const bug = new TypeError("a bug of the handler");
    await consume(ports, LIMITS, batch, () => Promise.reject(bug));
    const { traceId } = SAMPLE_TRACE;
    const about = { eventId: "e1", paymentId: "p1", traceId };
    expect(lines).toMatchObject(
      ["inbox.retry", "inbox.retry", "inbox.left", "inbox.set-aside"].map((name) => ({
        name,
        ...about,
      })),
    );
  });

  it("tries nothing again once the process is to stop: the message comes again", async () => {
    const { steps, ports } = surroundings();
    const limits = { ...LIMITS, stopping: AbortSignal.abort() };
    const failure = databaseError("no");
    const delivery = messageOf(encodeEvent(COMPLETED), steps);
    const consuming = consume(ports, limits, delivery, () => Promise.reject(failure));
    await expect(consuming).rejects.toBe(failure);
    expect(steps).toEqual([]);
  });

  it.each<[string, Error, string]>([
    ["a bug", new TypeError("a bug of the handler"), "TypeError: a bug of the handler"],
    ...["22003", "22021", "23505", "23514", "42P01", "54000"].map(
      (code): [string, Error, string] => [
        `SQLSTATE ${code}`,
        new DatabaseError("refused", { code, applied: "no" }),
        `the database refused it with ${code}: refused`,
      ],
    ),
  ])(
    "sets an event aside at the first error that would come again, and goes on: %s",
    async (_, error, reason) => {
      const { steps, database, ports } = surroundings();
      const delivery = messageOf(encodeEvent(COMPLETED), steps);
      await consume(ports, LIMITS, delivery, () => Promise.reject(error));
      expect(steps).toEqual(["set aside", "offset 41 committed"]);
      expect(database.parametersOf(KEEP)[0]?.[4]).toBe(reason);
    },
  );

  it.each(["08006", "25P03", "40001", "40P01", "53300", "55P03", "57014", "57P01", "connection"])(
    "never sets an event aside for an error that passes: %s",
    async (code) => {
      const { steps, ports } = surroundings();
      const delivery = messageOf(encodeEvent(COMPLETED), steps);
      const error = new DatabaseError("not now", { code, applied: "no" });
      const consuming = consume(ports, LIMITS, delivery, () => Promise.reject(error));
      await expect(consuming).rejects.toBe(error);
      expect(steps).toEqual(["slept 100 ms", "slept 100 ms"]);
    },
  );

  it("looks a COMMIT up at once that nobody knows the end of", async () => {
    const { steps, ports } = surroundings();
    const ends = [databaseError("unknown"), undefined];
    await consume(ports, LIMITS, messageOf(encodeEvent(COMPLETED), steps), async () => {
      steps.push("asked");
      const end = ends.shift();
      if (end !== undefined) {
        throw end;
      }
      return ["duplicate"];
    });
    expect(steps).toEqual(["asked", "asked", "offset 41 committed"]);
  });

  /** A message whose offset is committed only after so many failures. */
  function failingCommits(failures: number, steps: string[]): DeliveryBatch {
    const batch = messageOf(encodeEvent(COMPLETED), steps);
    let left = failures;
    return {
      ...batch,
      async commit(lasts) {
        if (left > 0) {
          left -= 1;
          throw new BrokerError("a new coordinator", { applied: "unknown" });
        }
        await batch.commit(lasts);
      },
    };
  }

  it("commits the offset again when that failed", async () => {
    const { steps, ports } = surroundings();
    await consume(ports, LIMITS, failingCommits(2, steps), async () => ["done"]);
    expect(steps).toEqual(["slept 100 ms", "slept 100 ms", "offset 41 committed"]);
  });

  it("lets its client say what to do where it was shut out of its group", async () => {
    const { steps, ports } = surroundings();
    const rebalance = new Error("the member is not known");
    const batch = failingCommits(1, steps);
    const heartbeat = () => Promise.reject(rebalance);
    const consuming = consume(ports, LIMITS, { ...batch, heartbeat }, async () => ["done"]);
    await expect(consuming).rejects.toBe(rebalance);
    expect(steps).toEqual([]);
  });

  it("leaves a message whose offset cannot be committed to come again", async () => {
    const { steps, ports } = surroundings();
    const consuming = consume(ports, LIMITS, failingCommits(3, steps), async () => ["done"]);
    await expect(consuming).rejects.toThrow("a new coordinator");
  });
});

describe("a batch", () => {
  const [ONE, TWO, THREE] = ["e1", "e2", "e3"].map((id) => encodeEvent({ ...COMPLETED, id }));
  const EVENTS = [ONE ?? "", TWO ?? "", THREE ?? ""];

  it("is taken in by one transaction, and its offset committed once", async () => {
    const { steps, ports } = surroundings();
    await consume(ports, LIMITS, batchOf(EVENTS, steps), handling(steps));
    expect(steps).toEqual(["handled e1 e2 e3", "offset 43 committed"]);
  });

  it("is taken in one by one when it fails together, so that a bad message takes no other down", async () => {
    const { steps, ports } = surroundings();
    const bad = new DatabaseError("out of range", { code: "22003", applied: "no" });
    await consume(ports, LIMITS, batchOf(EVENTS, steps), handling(steps, { e2: bad }));
    expect(steps).toEqual(["handled e1", "set aside", "handled e3", "offset 43 committed"]);
  });

  it("is looked up as a whole when nobody knows whether it was committed", async () => {
    const { steps, ports } = surroundings();
    await consume(ports, LIMITS, batchOf(EVENTS, steps), async (events) => {
      steps.push(`asked about ${idsOf(events)}`);
      if (steps.length === 1) {
        throw databaseError("unknown");
      }
      return events.map(() => "duplicate");
    });
    const asked = "asked about e1 e2 e3";
    expect(steps).toEqual([asked, asked, "offset 43 committed"]);
  });

  it("sets aside what is no event, and takes the others in together", async () => {
    const { steps, ports } = surroundings();
    await consume(ports, LIMITS, batchOf([...EVENTS, "{"], steps), handling(steps));
    expect(steps).toEqual(["handled e1 e2 e3", "set aside", "offset 44 committed"]);
  });

  it("is committed up to the message that cannot be taken in now, which is thrown", async () => {
    const { steps, ports } = surroundings();
    const away = databaseError("unknown");
    const consuming = consume(
      ports,
      { ...LIMITS, attemptsMax: 1 },
      batchOf(EVENTS, steps),
      handling(steps, { e3: away }),
    );
    await expect(consuming).rejects.toBe(away);
    expect(steps).toEqual(["handled e1", "handled e2", "offset 42 committed"]);
  });

  it("of several partitions is one transaction, and their offsets are committed by one request", async () => {
    const { steps, ports } = surroundings();
    await consume(ports, LIMITS, ofTwoPartitions(steps), handling(steps));
    expect(steps).toEqual(["handled e1 e2 e3 e1", "offset 43 41 committed"]);
  });

  it("of several partitions goes on with the others where a message cannot be taken in now", async () => {
    const { steps, ports } = surroundings();
    const away = databaseError("no");
    const limits = { ...LIMITS, attemptsMax: 1 };
    const batch = ofTwoPartitions(steps);
    await expect(consume(ports, limits, batch, handling(steps, { e2: away }))).rejects.toBe(away);
    expect(steps).toEqual(["handled e1", "handled e1", "offset 41 41 committed"]);
  });

  /** Three messages of one partition, and the first of them in another too. */
  function ofTwoPartitions(steps: string[]): DeliveryBatch {
    const batch = batchOf(EVENTS, steps);
    const others = batch.deliveries.slice(0, 1).map((each) => ({ ...each, partition: 0 }));
    return { ...batch, deliveries: [...batch.deliveries, ...others] };
  }

  it("keeps its consumer alive between messages that are taken in one by one", async () => {
    const { steps, ports } = surroundings();
    const bad = new TypeError("a bug of the handler");
    const batch = { ...batchOf(EVENTS, steps), heartbeat: async () => void steps.push("alive") };
    await consume(ports, LIMITS, batch, handling(steps, { e1: bad }));
    expect(steps.filter((step) => step === "alive")).toHaveLength(2);
  });

  it("ends with what its client says at a heartbeat", async () => {
    const { steps, ports } = surroundings();
    const rebalance = new Error("the group is rebalancing");
    const heartbeat = () => Promise.reject(rebalance);
    const consuming = consume(
      ports,
      LIMITS,
      { ...batchOf(EVENTS, steps), heartbeat },
      handling(steps, { e2: new TypeError("a bug of the handler") }),
    );
    await expect(consuming).rejects.toBe(rebalance);
    expect(steps).toEqual(["handled e1"]);
  });
});

/** Takes events in, but for those that come with an error. */
function handling(steps: string[], errors: Readonly<Record<string, Error>> = {}): Handle {
  return async (events) => {
    for (const { id } of events) {
      const error = errors[id];
      if (error !== undefined) {
        throw error;
      }
    }
    steps.push(`handled ${idsOf(events)}`);
    return events.map(() => "done");
  };
}

function idsOf(events: readonly Event[]): string {
  return events.map(({ id }) => id).join(" ");
}

describe("a message that is no event of ours", () => {
  const neverHandled = async (): Promise<["done"]> => {
    throw new Error("a message that cannot be read was handled");
  };

  it.each([
    ["not JSON", "{", /^the value is not JSON$/],
    ["a tombstone", null, /^the message has no value$/],
    ["of an unknown type", `{"type":"payment.lost"}`, /^\/type /],
    [
      "without its payment",
      encodeEvent(COMPLETED).replace("paymentId", "payment"),
      /^\/data .*paymentId/,
    ],
  ])("is set aside with the reason and its partition goes on: %s", async (_, value, reason) => {
    const { steps, database, ports } = surroundings();
    await consume(ports, LIMITS, messageOf(value, steps), neverHandled);
    expect(steps).toEqual(["set aside", "offset 41 committed"]);
    const place = ["payment.completed", 2, "41", value ?? ""];
    expect(database.parametersOf(KEEP)).toEqual([[...place, expect.stringMatching(reason), 1_234]]);
  });

  it("is set aside when its type belongs on another topic", async () => {
    const { steps, database, ports } = surroundings();
    const delivery = messageOf(encodeEvent(COMPLETED), steps, "payment.created");
    await consume(ports, LIMITS, delivery, neverHandled);
    expect(steps).toEqual(["set aside", "offset 41 committed"]);
    expect(database.parametersOf(KEEP)[0]?.[4]).toBe(
      "an event of type payment.completed does not belong on payment.created",
    );
  });

  it("is published with its reason, once", async () => {
    const { steps, ports } = surroundings();
    const kept = [{ rowCount: 1 }, { rowCount: 0 }];
    const database = scriptedDatabase((sql) => (sql.startsWith(KEEP) ? kept.shift() : undefined));
    const value = "x".repeat(10_001);
    await consume({ ...ports, database }, LIMITS, messageOf(value, steps), neverHandled);
    await consume({ ...ports, database }, LIMITS, messageOf(value, steps), neverHandled);
    const letters = database.parametersOf("WITH appended");
    expect(letters).toHaveLength(1);
    const place = ["payment.completed/2/41"];
    expect(letters[0]?.slice(0, 3)).toEqual([place, ["wallet.dead-letters"], place]);
    expect(JSON.parse(String(letters[0]?.[3]))).toEqual({
      reason: "the value is not JSON",
      ...{ topic: "payment.completed", partition: 2, offset: "41", key: "p1" },
      ...{ value: "x".repeat(10_000), isCut: true, setAsideAtMs: 1_234 },
    });
  });

  it("is kept even with a NUL in it, which PostgreSQL's text cannot hold", async () => {
    const { steps, database, ports } = surroundings();
    await consume(ports, LIMITS, messageOf("a\u0000b\u0000", steps), neverHandled);
    expect(database.parametersOf(KEEP)[0]?.[3]).toBe("a\\u0000b\\u0000");
  });

  it("is not lost while it cannot be set aside: nothing is committed", async () => {
    const { steps, ports } = surroundings();
    const failure = databaseError("no");
    const database = scriptedDatabase((sql) => (sql.startsWith(KEEP) ? failure : undefined));
    const consuming = consume({ ...ports, database }, LIMITS, messageOf("{", steps), neverHandled);
    await expect(consuming).rejects.toBe(failure);
    expect(steps).toEqual(["slept 100 ms", "slept 100 ms"]);
  });
});
