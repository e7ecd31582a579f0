import { describe, expect, it } from "vitest";
import { BrokerError, type BrokerRecord } from "../ports/broker.ts";
import type { Clock } from "../ports/clock.ts";
import { databaseError, scriptedDatabase } from "../testing/scripted-database.ts";
import { relayOutbox } from "./relay.ts";

const SETTINGS = { holder: "own", batchMax: 10, leaseMs: 3_000, attemptsMax: 3 };
const FREE = { holder: "", fence: "4", left_seconds: "-1.5" };
const UNSENT = [
  { id: "7", topic: "payment.created", message_key: "p1", payload: "one" },
  { id: "9", topic: "payment.created", message_key: "p2", payload: "two" },
];

const READ = "SELECT id, topic";
const CLAIM = "UPDATE outbox_lease SET holder";
const UNDER_FENCE = /^WITH held AS .* RETURNING fence \) (.*)/;

/** No sleep ends by itself. */
const standingClock: Clock = {
  nowMs: () => 1_234,
  sleep: (_, signal) =>
    new Promise((resolve) => signal?.addEventListener("abort", () => resolve())),
};

/** An outbox with these rows under this lease, and a broker that answers as told. */
function outboxWith({
  rows = UNSENT,
  lease = FREE,
  send = async () => {},
  claims = [{ fence: "5" }],
  marked = rows.length,
  clock = standingClock,
  refusals = [],
}: {
  readonly rows?: readonly (typeof UNSENT)[number][];
  readonly lease?: typeof FREE;
  readonly send?: (records: readonly BrokerRecord[]) => Promise<void>;
  readonly claims?: readonly { readonly fence: string }[];
  readonly marked?: number;
  readonly clock?: Clock;
  /** What counting a refusal answers, one after the other. */
  readonly refusals?: readonly { readonly attempts: string; readonly dead_at_ms: string | null }[];
} = {}) {
  const left = [...refusals];
  const database = scriptedDatabase((sql) => {
    const statement = UNDER_FENCE.exec(sql)?.[1] ?? sql;
    if (statement.startsWith(READ)) {
      return { rows: rows.map((row) => ({ ...row, ...lease })), rowCount: rows.length };
    }
    if (statement.startsWith(CLAIM)) {
      return { rows: claims, rowCount: claims.length };
    }
    if (statement.startsWith("UPDATE outbox SET attempts")) {
      return { rows: left.splice(0, 1) };
    }
    return { rowCount: marked };
  });
  const sent: string[] = [];
  const lines: string[] = [];
  const producer = {
    async send(records: readonly BrokerRecord[]) {
      await send(records);
      sent.push(records.map(({ value }) => value).join(" "));
    },
    async disconnect() {},
  };
  const telemetry = {
    event: (name: string, detail: object) => lines.push([name, ...Object.values(detail)].join(" ")),
  };
  const marks = () => database.parametersOf("WITH held").filter(([ids]) => Array.isArray(ids));
  return { database, sent, lines, marks, ports: { database, producer, clock, telemetry } };
}

/** A broker that never takes these values. */
function refusing(...values: readonly string[]) {
  return async (records: readonly BrokerRecord[]): Promise<void> => {
    if (records.some(({ value }) => values.includes(value))) {
      throw new BrokerError("MESSAGE_TOO_LARGE", { applied: "unknown", isRefusal: true });
    }
  };
}

describe("relayOutbox", () => {
  it("claims the outbox, sends in its order, and marks under its fence what it sent", async () => {
    const { database, sent, marks, ports } = outboxWith();
    expect(await relayOutbox(ports, SETTINGS)).toEqual({
      published: 2,
      next: { kind: "appended" },
    });
    expect(sent).toEqual(["one two"]);
    expect(database.parametersOf(READ)).toEqual([[10]]);
    expect(database.parametersOf(CLAIM)).toEqual([["own", 4n, 3_000]]);
    expect(marks()).toEqual([[[7n, 9n], 1_234, 5n, 3_000]]);
  });

  it("claims nothing while most of its own lease is left, and claims anew when it runs out", async () => {
    const fresh = outboxWith({ lease: { holder: "own", fence: "4", left_seconds: "1.6" } });
    await relayOutbox(fresh.ports, SETTINGS);
    expect(fresh.database.parametersOf(CLAIM)).toEqual([]);
    expect(fresh.marks()).toEqual([[[7n, 9n], 1_234, 4n, 3_000]]);
    const old = outboxWith({ lease: { holder: "own", fence: "4", left_seconds: "1.4" } });
    await relayOutbox(old.ports, SETTINGS);
    expect(old.database.parametersOf(CLAIM)).toHaveLength(1);
    // It was its own before.
    expect(old.lines).toEqual([]);
  });

  it.each([
    [
      "while another holds it",
      { lease: { holder: "other", fence: "4", left_seconds: "0.25" } },
      250,
    ],
    ["where another was faster", { claims: [] }, 3_000],
  ])("sends nothing %s, and says when to look again", async (_, world, leftMs) => {
    const { sent, marks, ports } = outboxWith(world);
    expect(await relayOutbox(ports, SETTINGS)).toEqual({
      published: 0,
      next: { kind: "held", leftMs },
    });
    expect([sent, marks()]).toEqual([[], []]);
  });

  it("says that there is more after a full batch", async () => {
    const { ports } = outboxWith();
    const pass = await relayOutbox(ports, { ...SETTINGS, batchMax: 2 });
    expect(pass.next).toEqual({ kind: "more" });
  });

  it("says so when it has lost its lease while it sent", async () => {
    const { lines, ports } = outboxWith({ marked: 0 });
    await relayOutbox(ports, SETTINGS);
    expect(lines).toEqual(["relay.lease-taken 5", "relay.lease-lost 2 0"]);
  });

  it("renews its lease while the broker takes its time, and not after that", async () => {
    const acknowledgement = Promise.withResolvers<void>();
    const sleeps: { readonly delayMs: number; readonly awaken: () => void }[] = [];
    const { database, ports } = outboxWith({
      send: () => acknowledgement.promise,
      clock: {
        nowMs: () => 1_234,
        sleep: (delayMs, signal) =>
          new Promise((resolve) => {
            sleeps.push({ delayMs, awaken: resolve });
            signal?.addEventListener("abort", () => resolve());
          }),
      },
    });
    const renewals = () => database.parametersOf("WITH held").filter(([fence]) => fence === 5n);
    const relaying = relayOutbox(ports, SETTINGS);
    await settled();
    sleeps.splice(0).forEach(({ delayMs, awaken }) => delayMs === 1_000 && awaken());
    await settled();
    expect(renewals()).toEqual([[5n, 3_000]]);
    acknowledgement.resolve();
    await relaying;
    expect(renewals()).toHaveLength(1);
  });

  it("marks only after the broker's acknowledgement", async () => {
    const acknowledgement = Promise.withResolvers<void>();
    const { marks, ports } = outboxWith({
      send: () => acknowledgement.promise,
    });
    const relaying = relayOutbox(ports, SETTINGS);
    await settled();
    expect(marks()).toEqual([]);
    acknowledgement.resolve();
    await relaying;
    expect(marks()).toHaveLength(1);
  });

  it.each(["no", "unknown"] as const)(
    "marks nothing and counts nothing after an outage that may have been applied: %s",
    async (applied) => {
      const failure = new BrokerError("no acknowledgement", { applied });
      const { database, ports } = outboxWith({ send: () => Promise.reject(failure) });
      await expect(relayOutbox(ports, SETTINGS)).rejects.toBe(failure);
      expect(database.parametersOf("WITH held")).toEqual([]);
    },
  );

  it("finds the one that the broker refuses, counts it, and sends all others", async () => {
    const rows = ["a", "b", "poison", "d", "e"].map((payload, index) => {
      return { id: String(index), topic: "t", message_key: `k${index}`, payload };
    });
    const { sent, lines, marks, ports } = outboxWith({
      rows,
      send: refusing("poison"),
      marked: 4,
      refusals: [{ attempts: "2", dead_at_ms: null }],
    });
    expect((await relayOutbox(ports, SETTINGS)).next).toEqual({ kind: "refused" });
    expect(sent.join(" ")).toBe("a b d e");
    expect(marks()).toEqual([[[0n, 1n, 3n, 4n], 1_234, 5n, 3_000]]);
    expect(lines).toContain("relay.refused 2 t k2 2 MESSAGE_TOO_LARGE");
  });

  it("sends nothing of a key past what was refused of it", async () => {
    const rows = ["poison", "a", "b"].map((payload, index) => {
      return { id: String(index), topic: "t", message_key: payload === "b" ? "k2" : "k1", payload };
    });
    const { sent, lines, ports } = outboxWith({
      rows,
      send: refusing("poison"),
      marked: 1,
      refusals: [{ attempts: "3", dead_at_ms: "1234" }],
    });
    await relayOutbox(ports, SETTINGS);
    expect(sent).toEqual(["b"]);
    expect(lines).toContain("relay.dead-letter 0 t k1 3 MESSAGE_TOO_LARGE");
  });

  it("sends nothing and claims nothing when nothing is unsent", async () => {
    const { database, sent, ports } = outboxWith({ rows: [] });
    expect(await relayOutbox(ports, SETTINGS)).toEqual({
      published: 0,
      next: { kind: "appended" },
    });
    expect(sent).toEqual([]);
    expect(database.log).toHaveLength(2);
  });

  it("gives nobody the connection on which the outbox could not be read", async () => {
    const lost = databaseError("unknown");
    const database = scriptedDatabase(() => lost);
    const { ports, sent } = outboxWith();
    await expect(relayOutbox({ ...ports, database }, SETTINGS)).rejects.toBe(lost);
    expect(sent).toEqual([]);
    expect(database.log.at(-1)).toBe("(released damaged)");
  });
});

/** Whatever could go on has gone on by the time an immediate fires. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
