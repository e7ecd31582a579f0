import { expect, it } from "vitest";
import { BrokerError, type DeliveryBatch, type Subscription } from "../../system/ports/broker.ts";
import { DatabaseError, type Connection, type Database } from "../../system/ports/database.ts";
import type { ProcessPorts } from "../../system/process/start-roles.ts";
import { fixedEntropy, openDoor } from "../../system/testing/samples.ts";
import { ArmedFaults } from "./armed-faults.ts";
import { createEffectGate } from "./effect-gate.ts";
import { interposePorts } from "./interpose-ports.ts";
import { SILENT_ROLLBACK, type TransientErrorFault } from "./kinds/transient-error.ts";
import type { ProcessNote } from "./process-note.ts";

const RECORD = { topic: "payment.created", partition: 1, offset: "7", key: "p1", value: "{}" };
const NEXT = { ...RECORD, offset: "8", key: "p2" };

/** The ports of a process on fakes, what was noted at them, and its consumer. */
async function createScene(
  onBatch: (batch: DeliveryBatch) => Promise<void> = async () => {},
  faults: readonly TransientErrorFault[] = [],
) {
  const notes: ProcessNote[] = [];
  const sent: string[] = [];
  const subscriptions: Subscription[] = [];
  const connection: Connection = {
    async query({ label, sql }) {
      sent.push(sql);
      if (label === "update") {
        throw new DatabaseError("out of range", { code: "22003", applied: "no" });
      }
      return { rows: [], rowCount: 0, command: sql };
    },
    release: () => {},
  };
  const notify: (() => void)[] = [];
  const database: Database = {
    connect: async () => connection,
    listen(_channel, onNotify) {
      notify.push(onNotify);
      return { close: async () => {} };
    },
    close: async () => {},
  };
  const fakes: ProcessPorts = {
    database: () => database,
    source: () => database,
    broker: {
      connectProducer: () => Promise.reject(new Error("not asked for")),
      async startConsumer(subscription) {
        subscriptions.push(subscription);
        return { stop: async () => {} };
      },
    },
    server: { serve: () => Promise.reject(new Error("not asked for")) },
    verifier: openDoor,
    clock: { nowMs: () => 0, sleep: async () => {} },
    entropy: fixedEntropy,
    telemetry: { event: () => {} },
    migrations: () => [],
  };
  const gate = createEffectGate({
    process: "wallet-1",
    incarnation: 1,
    armed: new ArmedFaults(faults.map((fault, index) => ({ fault, index }))),
    strike: ({ fault }) =>
      fault.kind === "transient-error" ? { kind: "fail", code: fault.code } : { kind: "pass" },
  });
  const ports = interposePorts(fakes, gate, {
    onDelivery: () => {},
    onNote: (note) => notes.push(note),
  });
  await ports.broker.startConsumer({
    group: "wallet-transfer",
    topics: [],
    sessionTimeoutMs: 1,
    fromBeginning: true,
    batchMax: 2,
    onBatch,
    onRestart: () => {},
    onEnd: () => {},
  });
  const batch = { deliveries: [RECORD, NEXT], heartbeat: async () => {} };
  const deliver = (commit: () => Promise<void>) =>
    Promise.all(subscriptions.map((each) => each.onBatch({ ...batch, commit })));
  return { notes, ports, deliver, sent, notify, gate };
}

it("notes an error of the database and the rollback after it, and lets both go on", async () => {
  const { notes, ports } = await createScene();
  const connection = await ports.database("wallet").connect("transfer");
  await expect(connection.query({ label: "update", sql: "UPDATE" })).rejects.toThrow("out of");
  await connection.query({ label: "rollback", sql: "ROLLBACK" });
  expect(notes).toEqual([
    { what: "uses", service: "wallet" },
    {
      what: "failed",
      effect: "wallet-db/transfer.update",
      reason: "out of range",
      code: "22003",
      applied: "no",
      isInjected: false,
    },
    { what: "rolled-back", transaction: "transfer" },
  ]);
});

it("notes an offset that is committed", async () => {
  const { notes, deliver } = await createScene(({ commit }) => commit([NEXT]));
  await deliver(async () => {});
  expect(notes).toEqual([{ what: "offset-committed", record: NEXT }]);
});

it("notes an offset that is not, and the message that is left", async () => {
  const { notes, deliver } = await createScene(({ commit }) => commit([RECORD]));
  const error = new BrokerError("no answer", { applied: "unknown" });
  await expect(deliver(() => Promise.reject(error))).rejects.toBe(error);
  expect(notes).toEqual([
    {
      what: "failed",
      effect: "kafka/commit-offset",
      reason: "no answer",
      code: null,
      applied: "unknown",
      isInjected: false,
    },
    { what: "left", record: RECORD, reason: "no answer" },
  ]);
});

it("notes the first message that is left of a batch, behind what was committed of it", async () => {
  const { notes, deliver } = await createScene(async ({ commit }) => {
    await commit([RECORD]);
    throw new Error("not this one");
  });
  await expect(deliver(async () => {})).rejects.toThrow("not this one");
  expect(notes).toEqual([
    { what: "offset-committed", record: RECORD },
    { what: "left", record: NEXT, reason: "not this one" },
  ]);
});

it("a notification passes the gate before its listener hears of it", async () => {
  const { ports, notify, gate } = await createScene();
  const heard = Promise.withResolvers<string>();
  ports.database("wallet").listen("outbox", () => heard.resolve("heard"));
  notify.forEach((each) => each());
  expect(gate.count()).toBe(1);
  expect(await heard.promise).toBe("heard");
});

it("notes what the service says, and passes it on", async () => {
  const { notes, ports } = await createScene();
  ports.telemetry.event("inbox.retry", { attempts: 2 });
  expect(notes).toEqual([{ what: "said", name: "inbox.retry", detail: { attempts: 2 } }]);
});

/** A transaction in which one statement fails, with a serialization failure where none is named. */
async function failingAt(operation: string, code: TransientErrorFault["code"] = "40001") {
  const effect = `wallet-1/wallet-db/transfer.${operation}#1`;
  const scene = await createScene(undefined, [{ kind: "transient-error", effect, code }]);
  const connection = await scene.ports.database("wallet").connect("transfer");
  const ask = async (sql: string) => {
    try {
      const { command } = await connection.query({ label: sql.toLowerCase(), sql });
      return command;
    } catch (error) {
      return error instanceof DatabaseError ? `${error.code} ${error.applied}` : "no error of ours";
    }
  };
  return { ask, sent: scene.sent, notes: scene.notes };
}

it("a statement that fails aborts its transaction, which takes nothing but its end", async () => {
  const { ask, sent } = await failingAt("insert");
  expect(await ask("BEGIN")).toBe("BEGIN");
  expect(await ask("INSERT")).toBe("40001 no");
  expect(await ask("SELECT")).toBe("25P02 no");
  expect(await ask("COMMIT")).toBe("ROLLBACK");
  expect(await ask("SELECT")).toBe("SELECT");
  expect(sent).toEqual(["BEGIN", "ROLLBACK", "SELECT"]);
});

it("a transaction whose COMMIT fails is rolled back", async () => {
  const { ask, sent } = await failingAt("commit");
  expect(await ask("BEGIN")).toBe("BEGIN");
  expect(await ask("COMMIT")).toBe("40001 no");
  expect(sent).toEqual(["BEGIN", "ROLLBACK"]);
});

it("a COMMIT that is rolled back in silence is answered as one that PostgreSQL could not keep", async () => {
  const { ask, sent, notes } = await failingAt("commit", SILENT_ROLLBACK);
  expect(await ask("BEGIN")).toBe("BEGIN");
  expect(await ask("COMMIT")).toBe("ROLLBACK");
  expect(sent).toEqual(["BEGIN", "ROLLBACK"]);
  expect(notes).toContainEqual({ what: "rolled-back", transaction: "transfer" });
});

it("what a fault of the plan makes fail is told apart from what the database refuses", async () => {
  const { ask, notes } = await failingAt("insert", "40P01");
  await ask("BEGIN");
  await ask("INSERT");
  await ask("UPDATE");
  const failed = notes.flatMap((note) => (note.what === "failed" ? [note] : []));
  expect(failed.map(({ code, isInjected }) => [code, isInjected])).toEqual([
    ["40P01", true],
    ["25P02", false],
  ]);
});
