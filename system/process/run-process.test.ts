import { describe, expect, it } from "vitest";
import type { RelayPass } from "../outbox/relay.ts";
import { BrokerError, type Producer, type Subscription } from "../ports/broker.ts";
import { DatabaseError, type Database } from "../ports/database.ts";
import type { HttpRequest, Route } from "../ports/server.ts";
import { fixedEntropy, openDoor } from "../testing/samples.ts";
import { scriptedDatabase } from "../testing/scripted-database.ts";
import { DEFAULT_KNOBS } from "./knobs.ts";
import { shippedParts } from "./parts.ts";
import { runProcess } from "./run-process.ts";
import type { Role } from "./services.ts";
import { INTAKE_MS_MAX, STOP_MS_MAX } from "./start-roles.ts";

const NOTHING: RelayPass = { published: 0, next: { kind: "appended" } };
const NEVER = new Promise<never>(() => {});
const GONE = new BrokerError("the session time-out is not taken", { applied: "unknown" });

/** A process on ports that a test plays; time passes only in `pass`. */
function processOf(
  roles: readonly Role[],
  world: {
    readonly stopConsumer?: () => Promise<void>;
    readonly closeServer?: () => Promise<void>;
    readonly disconnect?: () => Promise<void>;
    readonly startConsumer?: Promise<void>;
    readonly close?: () => Promise<void>;
    readonly relay?: () => Promise<RelayPass>;
    readonly database?: Database;
    readonly connectProducer?: () => Promise<Producer>;
    /** Every sleep is over at once. */
    readonly sleepless?: boolean;
  } = {},
) {
  const subscriptions: Subscription[] = [];
  const lines: string[] = [];
  const slept: number[] = [];
  const served: Route[] = [];
  const sleepers: { readonly delayMs: number; readonly awaken: () => void }[] = [];
  const interruption = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const done = async () => {};
  const producer: Producer = { send: done, disconnect: world.disconnect ?? done };
  const end = runProcess({
    roles,
    ports: {
      database: () => world.database ?? scriptedDatabase(),
      source: () => scriptedDatabase(),
      broker: {
        connectProducer: world.connectProducer ?? (async () => producer),
        async startConsumer(subscription) {
          subscriptions.push(subscription);
          await world.startConsumer;
          return { stop: world.stopConsumer ?? done };
        },
      },
      server: {
        async serve(routes) {
          served.push(...routes);
          return { close: world.closeServer ?? done };
        },
      },
      clock: {
        nowMs: () => 0,
        sleep: (delayMs, signal) =>
          new Promise((resolve) => {
            slept.push(delayMs);
            if (signal?.aborted === true) {
              resolve();
            } else if (world.sleepless === true) {
              setImmediate(resolve);
            }
            sleepers.push({ delayMs, awaken: resolve });
            signal?.addEventListener("abort", () => resolve());
          }),
      },
      verifier: openDoor,
      entropy: fixedEntropy,
      telemetry: {
        event: (name, detail) => lines.push([name, ...Object.values(detail)].join(" ").trim()),
      },
      migrations: () => [],
    },
    parts: { ...shippedParts, relay: world.relay ?? (async () => NOTHING) },
    // No time of the process's end.
    knobs: { ...DEFAULT_KNOBS, relayPollMs: 60_000 },
    interrupted: interruption.promise,
    onStarted: started.resolve,
    close: world.close ?? done,
  });
  return {
    end,
    lines,
    slept,
    served,
    subscriptions,
    started: started.promise,
    interrupt: interruption.resolve,
    /** Resolves once it waits for a server. */
    async waiting() {
      while (!lines.some((line) => line.startsWith("process.waiting"))) {
        await settled();
      }
    },
    /** Ends every sleep of that length, once there is one. */
    async pass(delayMs: number) {
      while (!sleepers.some((sleeper) => sleeper.delayMs === delayMs)) {
        await settled();
      }
      sleepers.filter((sleeper) => sleeper.delayMs === delayMs).forEach(({ awaken }) => awaken());
    },
  };
}

/** Whatever could go on has gone on by the time a timer fires. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function isOver(promise: Promise<unknown>): Promise<boolean> {
  await settled();
  return Promise.race([promise.then(() => true), settled().then(() => false)]);
}

const ROLE_SETS: readonly (readonly Role[])[] = [
  ["payment-api"],
  ["payment-relay"],
  ["payment-settle"],
  ["wallet-api", "wallet-transfer"],
];

const send = async () => {};

const REQUEST: HttpRequest = {
  pathParameters: { id: "p1" },
  queryParameters: {},
  headers: {},
  body: undefined,
  hangUp() {},
};

function away(): Promise<Producer> {
  return Promise.reject(new BrokerError("nobody answers", { applied: "no" }));
}

function unreachable(): Database {
  const reason = { code: "connection", applied: "no" } as const;
  return {
    ...scriptedDatabase(),
    connect: () => Promise.reject(new DatabaseError("nobody answers", reason)),
  };
}

describe("a start", () => {
  it("waits for its servers, longer and longer, with a line for each attempt", async () => {
    const answers = Array.from({ length: 9 }, away);
    answers.forEach((answer) => void answer.catch(() => {}));
    const { started, end, interrupt, lines, slept } = processOf(["payment-relay"], {
      sleepless: true,
      connectProducer: () => answers.shift() ?? Promise.resolve({ send, disconnect: send }),
    });
    await started;
    expect(slept.slice(0, 9)).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
    expect(lines.filter((line) => line === "process.waiting producer nobody answers")).toHaveLength(
      9,
    );
    interrupt();
    await end;
  });

  it("opens no route before its database is up to date", async () => {
    const migrating = Promise.withResolvers<void>();
    const connection = await scriptedDatabase().connect("a test");
    const query: typeof connection.query = async (statement) => {
      await migrating.promise;
      return connection.query(statement);
    };
    const { served, started, interrupt, end } = processOf(["payment-api"], {
      database: { ...scriptedDatabase(), connect: async () => ({ ...connection, query }) },
    });
    await settled();
    const ask = async () => {
      const route = served.find(({ path }) => path === "/payments/:id");
      const admission = await route?.admit(REQUEST);
      return admission?.kind === "admitted" ? admission.handle(REQUEST.body) : undefined;
    };
    expect(await ask()).toMatchObject({ status: 503, body: { title: "not-available" } });
    migrating.resolve();
    await started;
    expect(await ask()).toMatchObject({ status: 404 });
    interrupt();
    await end;
  });

  it.each([
    ["not ready while an event waits for its relay for long", "-60001", 503, ["payment-relay lag"]],
    ["ready while one waits for a minute", "-60000", 200, []],
  ])("is %s", async (_, appended_at_ms, status, parts) => {
    const { served, started, interrupt, end } = processOf(["payment-relay"], {
      database: scriptedDatabase((sql) =>
        sql.startsWith("SELECT appended_at_ms") ? { rows: [{ appended_at_ms }] } : undefined,
      ),
    });
    await started;
    const admission = await served.find(({ path }) => path === "/readyz")?.admit(REQUEST);
    const answer = admission?.kind === "admitted" ? await admission.handle(undefined) : undefined;
    expect(answer).toMatchObject({ status, body: { troubles: parts.map((part) => ({ part })) } });
    interrupt();
    await end;
  });

  it("ends with what would come again", async () => {
    const refused = new DatabaseError("permission denied", { code: "42501", applied: "no" });
    const { end, lines } = processOf(["payment-api"], {
      database: scriptedDatabase((sql) => (sql.startsWith("CREATE TABLE") ? refused : undefined)),
    });
    expect(await end).toEqual({ kind: "cannot-start", reason: "permission denied" });
    expect(lines).toEqual(["process.cannot-start permission denied", "process.stopped"]);
  });
});

describe("a process", () => {
  it.each(ROLE_SETS.map((roles) => [roles] as const))(
    "lives until it is told to stop, whatever its roles: %s",
    async (roles) => {
      const { end, started, interrupt, lines } = processOf(roles);
      await started;
      expect(await isOver(end)).toBe(false);
      interrupt();
      expect(await end).toEqual({ kind: "stopped" });
      expect(lines).toEqual([`process.started ${roles.join(",")}`, "process.stopped"]);
    },
  );

  it("ends with a line when its consumer cannot go on", async () => {
    const { end, started, subscriptions, lines } = processOf(["payment-api", "payment-settle"]);
    await started;
    subscriptions[0]?.onEnd(GONE);
    expect(await end).toEqual({ kind: "cannot-go-on", reason: GONE.message });
    expect(lines.slice(1)).toEqual([
      `consumer.ended payment-settle ${GONE.message}`,
      `process.cannot-go-on ${GONE.message}`,
      "process.stopped",
    ]);
  });

  it("ends when a consumer cannot go on before the others have started", async () => {
    const starting = Promise.withResolvers<void>();
    const { end, subscriptions } = processOf(["payment-settle"], {
      startConsumer: starting.promise,
    });
    await settled();
    subscriptions[0]?.onEnd(GONE);
    await settled();
    starting.resolve();
    expect(await end).toEqual({ kind: "cannot-start", reason: GONE.message });
  });

  it("ends when its relay meets what would come again", async () => {
    const bug = new TypeError("a bug of the relay");
    const { end } = processOf(["payment-relay"], { relay: () => Promise.reject(bug) });
    expect(await end).toEqual({ kind: "cannot-go-on", reason: bug.message });
  });

  it("does not start on a database that newer code has made", async () => {
    const { end } = processOf(["payment-api"], {
      database: scriptedDatabase((sql) =>
        sql.startsWith("SELECT version")
          ? { rows: [{ version: "0009-later", checksum: "c" }] }
          : undefined,
      ),
    });
    expect(await end).toEqual({
      kind: "foreign-schema",
      reason:
        "the database's schema is not this code's: it has migration 0009-later, which this version of the code does not know",
    });
  });

  it("goes on when a consumer begins anew, with a line", async () => {
    const { end, started, subscriptions, lines } = processOf(["payment-settle"]);
    await started;
    subscriptions[0]?.onRestart("no broker");
    expect(await isOver(end)).toBe(false);
    expect(lines.at(-1)).toBe("consumer.restart payment-settle no broker");
  });
});

describe("a stop", () => {
  const everything: readonly Role[] = ["payment-api", "payment-relay", "payment-settle"];

  it("waits for what is in hand", async () => {
    const answered = Promise.withResolvers<void>();
    const process = processOf(everything, { closeServer: () => answered.promise });
    await process.started;
    process.interrupt();
    expect(await isOver(process.end)).toBe(false);
    answered.resolve();
    expect(await process.end).toEqual({ kind: "stopped" });
    expect(process.lines.at(-1)).toBe("process.stopped");
  });

  it.each([
    ["an answer", { closeServer: () => NEVER }, [INTAKE_MS_MAX], "http"],
    ["a consumer", { stopConsumer: () => NEVER }, [INTAKE_MS_MAX], "payment-settle"],
    ["a batch of the relay", { relay: () => NEVER }, [STOP_MS_MAX - INTAKE_MS_MAX], "relay"],
    [
      "the broker",
      { stopConsumer: () => NEVER, disconnect: () => NEVER },
      [INTAKE_MS_MAX, STOP_MS_MAX - INTAKE_MS_MAX],
      "payment-settle,relay",
    ],
  ])(
    "waits no longer than its bounds for %s, and says so",
    async (_, world, bounds, unfinished) => {
      const process = processOf(everything, world);
      await process.started;
      process.interrupt();
      for (const boundMs of bounds) {
        expect(await isOver(process.end)).toBe(false);
        await process.pass(boundMs);
      }
      expect(await process.end).toEqual({ kind: "stopped" });
      expect(process.lines.at(-1)).toBe(`process.stopped ${unfinished}`);
    },
  );

  it("publishes what its consumers and answers have committed yet", async () => {
    const answered = Promise.withResolvers<void>();
    let isAnswered = false;
    const passesAfter: boolean[] = [];
    const process = processOf(everything, {
      async closeServer() {
        await answered.promise;
        isAnswered = true;
      },
      async relay() {
        passesAfter.push(isAnswered);
        return NOTHING;
      },
    });
    await process.started;
    process.interrupt();
    await settled();
    answered.resolve();
    expect(await process.end).toEqual({ kind: "stopped" });
    expect(passesAfter).toEqual([false, true]);
  });

  it("waits no longer than its bound for a database that is busy", async () => {
    const process = processOf(everything, { close: () => NEVER });
    await process.started;
    process.interrupt();
    await process.pass(5_000);
    expect(await process.end).toEqual({ kind: "stopped" });
  });

  it("goes on past a part that fails at it, with a line", async () => {
    const stopConsumer = () => Promise.reject(new Error("not connected"));
    const process = processOf(everything, { stopConsumer });
    await process.started;
    process.interrupt();
    expect(await process.end).toEqual({ kind: "stopped" });
    expect(process.lines).toContain("process.part-failed payment-settle not connected");
  });

  it("during the start waits for the start, which may have answered clients already", async () => {
    const starting = Promise.withResolvers<void>();
    const process = processOf(everything, { startConsumer: starting.promise });
    await settled();
    process.interrupt();
    expect(await isOver(process.end)).toBe(false);
    starting.resolve();
    expect(await process.end).toEqual({ kind: "stopped" });
  });

  it("during a start that does not end is bound as well", async () => {
    const process = processOf(everything, { startConsumer: NEVER });
    await settled();
    process.interrupt();
    await process.pass(INTAKE_MS_MAX);
    expect(await process.end).toEqual({ kind: "stopped" });
    expect(process.lines).toEqual(["process.stopped payment-settle"]);
  });

  it.each([
    ["broker", { connectProducer: away }],
    ["database", { database: unreachable() }],
  ])("while it waits for a %s that is away ends it at once", async (_, world) => {
    const process = processOf(everything, world);
    await process.waiting();
    process.interrupt();
    expect(await process.end).toEqual({ kind: "stopped" });
    expect(process.lines).not.toContain("process.started");
  });
});
