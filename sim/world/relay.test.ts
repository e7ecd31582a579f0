import { beforeAll, expect, test } from "vitest";
import { readMigrations } from "../../system/adapters/migration-files.ts";
import { migrate } from "../../system/database/migrate.ts";
import { bigintColumn, textColumn } from "../../system/database/row.ts";
import { inTransaction, runStatement } from "../../system/database/transaction.ts";
import { appendToOutbox } from "../../system/outbox/append.ts";
import {
  listDeadLetters,
  purgeDeadLetters,
  requeueDeadLetters,
} from "../../system/outbox/dead-letters.ts";
import { claimOutbox } from "../../system/outbox/lease.ts";
import { relayOutbox } from "../../system/outbox/relay.ts";
import { runRelay } from "../../system/outbox/run-relay.ts";
import type { Database, Row } from "../../system/ports/database.ts";
import { sampleHead } from "../../system/testing/samples.ts";
import { createSimulatedBroker } from "../adapters/kafka-broker.ts";
import { createSimulatedDatabase } from "../adapters/postgres-database.ts";
import { createSimulatedClock, createSimulatedEntropy } from "../adapters/simulated-host.ts";
import { startKafkaCluster } from "../kafka/cluster/kafka-cluster.ts";
import { kafkaProtocol } from "../kafka/protocol/kafka-port.ts";
import { createKernel } from "../kernel/kernel.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import { createNetwork } from "../network/network.ts";
import { clientChange } from "../postgres/client/client-change.ts";
import { postgresProtocol } from "../postgres/server/postgres-protocol.ts";
import { startPostgresServer } from "../postgres/server/postgres-server.ts";
import { loadPostgresParser } from "../postgres/syntax/postgres-parser.ts";

beforeAll(() => loadPostgresParser());

const TOPIC = "payment.completed";
const KEYS = ["k1", "k2", "k3"];
const RELAYS = ["relay-1", "relay-2", "relay-3"];
const ROUNDS = 60;
const PACE = {
  relayBatchMax: 4,
  relayPollMs: 300,
  relayLingerMs: 5,
  relayLeaseMs: 100,
  relayAttemptsMax: 3,
  outboxKeptSeconds: 60,
};
const SLOW_MS_MAX = 60;
/** Long enough for every lease and every poll. */
const REST_MS_MAX = 60_000;

interface Outcome {
  /** By key, in the order of the topic, each time that it was sent. */
  readonly sent: ReadonlyMap<string, readonly string[]>;
  /** By key, in the order in which they were committed. */
  readonly appended: ReadonlyMap<string, readonly string[]>;
  /** What was marked and is on no topic; marks of a relay after another has claimed. */
  readonly faults: readonly string[];
  readonly unsent: number;
  readonly leasesLost: number;
}

/**
 * Three relays of one outbox, of which now and then one stands still for longer than its lease, and
 * one dies and starts again, while events of few keys are appended.
 */
async function relayTogether(seed: string): Promise<Outcome> {
  const sent = new Map<string, string[]>();
  const appended = new Map(KEYS.map((key): [string, string[]] => [key, []]));
  const onTopic = new Set<string>();
  const faults: string[] = [];
  let leasesLost = 0;
  let unsent = 0;
  let claimer = "";

  const kernel = createKernel({ seed });
  const network = createNetwork({ kernel });
  const kafkaPort = kafkaProtocol.at("kafka-1");
  const databasePort = postgresProtocol.at("payment-db");
  startKafkaCluster({
    kernel,
    network,
    ports: [kafkaPort],
    onAppend({ records }) {
      for (const { key, value } of records) {
        const id = eventIdOf(value);
        onTopic.add(id);
        sent.set(key ?? "", [...(sent.get(key ?? "") ?? []), id]);
      }
    },
  }).createTopic(TOPIC, 2);
  const see = (process: string, table: string, before: Row | null, after: Row | null) => {
    if (table === "outbox_lease" && before !== null && after !== null) {
      claimer = before["fence"] === after["fence"] ? claimer : process;
    }
    if (table !== "outbox" || after === null || after["sent_at_ms"] === null) {
      return;
    }
    const id = textColumn(after, "event_id");
    if (!onTopic.has(id)) {
      faults.push(`${id} is marked by ${process}, and on no topic`);
    }
    if (process !== claimer) {
      faults.push(`${id} is marked by ${process}, and ${claimer} has claimed it`);
    }
  };
  startPostgresServer({
    kernel,
    network,
    port: databasePort,
    onCommit({ applicationName, changes }) {
      for (const { table, before, after } of changes.map(clientChange)) {
        see(applicationName, table, before, after);
      }
    },
  });
  const databaseOf = (process: SimulatedProcess) =>
    createSimulatedDatabase({ network, process, server: databasePort });

  // Where two relays have the same events in hand at the same time, it is for long enough.
  const relay = async (self: SimulatedProcess) => {
    const pace = self.stream("pace");
    const broker = createSimulatedBroker({ network, process: self, servers: [kafkaPort] });
    const producer = await broker.connectProducer();
    await runRelay(
      {
        database: databaseOf(self),
        producer: {
          ...producer,
          async send(records) {
            await self.sleep(pace.integer(0, SLOW_MS_MAX));
            await producer.send(records);
            await self.sleep(pace.integer(0, SLOW_MS_MAX));
          },
        },
        clock: createSimulatedClock(self),
        entropy: createSimulatedEntropy(self),
        telemetry: { event: (name) => void (leasesLost += name === "relay.lease-lost" ? 1 : 0) },
        onTrouble() {},
      },
      relayOutbox,
      PACE,
      new AbortController().signal,
    );
  };

  await kernel.run(async (main) => {
    const chance = kernel.random.stream("test", "disturbance");
    const database = databaseOf(main);
    await migrate({ database, clock: createSimulatedClock(main) }, readMigrations("payment"));
    const running = new Map(RELAYS.map((name) => [name, kernel.startProcess(name, relay)]));
    const strike = () => {
      const name = RELAYS[chance.integer(0, RELAYS.length - 1)] ?? "";
      const process = running.get(name);
      if (process === undefined) {
        return;
      }
      if (chance.integer(1, 4) > 1) {
        process.pause();
        main.after(chance.integer(50, 600), () => process.resume());
      } else {
        running.delete(name);
        process.crash();
        main.after(50, () => running.set(name, kernel.startProcess(name, relay)));
      }
    };
    let count = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      await main.sleep(chance.integer(1, 60));
      const key = KEYS[chance.integer(0, KEYS.length - 1)] ?? "";
      const ids = Array.from({ length: chance.integer(1, 6) }, () => `e${(count += 1)}`);
      await inTransaction(database, "append", (connection) =>
        appendToOutbox(
          connection,
          ids.map((id) => ({
            ...sampleHead(id),
            type: TOPIC,
            paymentId: key,
            receiverOwnerId: null,
          })),
        ),
      );
      appended.get(key)?.push(...ids);
      if (chance.integer(1, 3) === 1) {
        main.after(chance.integer(0, 5), strike);
      }
    }
    const deadlineAtMs = main.nowMs() + REST_MS_MAX;
    do {
      await main.sleep(100);
      unsent = await countUnsent(database);
    } while (unsent > 0 && main.nowMs() < deadlineAtMs);
  });
  return { sent, appended, faults, unsent, leasesLost };
}

function eventIdOf(value: string | null): string {
  const event: unknown = JSON.parse(value ?? "null");
  return typeof event === "object" && event !== null && "id" in event ? String(event.id) : "";
}

async function countUnsent(database: Database): Promise<number> {
  return inTransaction(database, "look", async (connection) => {
    const { rows } = await connection.query({
      label: "count",
      sql: "SELECT count(*) AS unsent FROM outbox WHERE sent_at_ms IS NULL",
    });
    return rows[0] === undefined ? 0 : Number(bigintColumn(rows[0], "unsent"));
  });
}

const SEEDS = Array.from({ length: 12 }, (_, index) => `${index + 1}`);

test("relays that stand still past their leases, and die, lose nothing, mark nothing that is another's, and keep each key's order", async () => {
  const outcomes = [];
  for (const seed of SEEDS) {
    const outcome = await relayTogether(seed);
    outcomes.push(outcome);
    expect([seed, outcome.faults, outcome.unsent]).toEqual([seed, [], 0]);
    for (const key of KEYS) {
      const first = [...new Set(outcome.sent.get(key))];
      expect([seed, key, first]).toEqual([seed, key, outcome.appended.get(key)]);
    }
  }
  // Otherwise nothing would have been tried.
  expect(outcomes.some(({ leasesLost }) => leasesLost > 0)).toBe(true);
});

/** Longer than what Kafka takes by default. */
const POISON = "x".repeat(1_100_000);

/** One relay, on an outbox into which the test writes; time passes only in `look`. */
async function relayAlone(
  seed: string,
  drive: (scene: {
    readonly database: Database;
    append(key: string, ...payloads: readonly string[]): Promise<void>;
    /** What is on the topic after a while. */
    look(): Promise<readonly string[]>;
  }) => Promise<void>,
): Promise<void> {
  const kernel = createKernel({ seed });
  const network = createNetwork({ kernel });
  const kafkaPort = kafkaProtocol.at("kafka-1");
  const databasePort = postgresProtocol.at("payment-db");
  const values: string[] = [];
  startKafkaCluster({
    kernel,
    network,
    ports: [kafkaPort],
    onAppend: ({ records }) => void values.push(...records.map(({ value }) => value ?? "")),
  }).createTopic(TOPIC, 2);
  startPostgresServer({ kernel, network, port: databasePort, onCommit() {} });
  await kernel.run(async (main) => {
    const database = createSimulatedDatabase({ network, process: main, server: databasePort });
    await migrate({ database, clock: createSimulatedClock(main) }, readMigrations("payment"));
    kernel.startProcess("relay-1", async (self) => {
      const broker = createSimulatedBroker({ network, process: self, servers: [kafkaPort] });
      await runRelay(
        {
          database: createSimulatedDatabase({ network, process: self, server: databasePort }),
          producer: await broker.connectProducer(),
          clock: createSimulatedClock(self),
          entropy: createSimulatedEntropy(self),
          telemetry: { event() {} },
          onTrouble() {},
        },
        relayOutbox,
        { ...PACE, relayBatchMax: 100, outboxKeptSeconds: 5 },
        new AbortController().signal,
      );
    });
    await drive({
      database,
      async append(key, ...payloads) {
        await runStatement(database, "append", {
          label: "append",
          sql: `INSERT INTO outbox (event_id, topic, message_key, payload, appended_at_ms)
                SELECT $1 || nr, $2, $1, payload, 0
                FROM unnest($3::text[]) WITH ORDINALITY AS event (payload, nr) ORDER BY nr`,
          parameters: [key, TOPIC, payloads],
        });
      },
      async look() {
        await main.sleep(3_000);
        return values;
      },
    });
  });
}

test("an event that is too large becomes a dead letter, holds up its key and nothing else, and can be sent again or thrown away", async () => {
  await relayAlone("1", async ({ database, append, look }) => {
    await append("k1", "one", POISON, "three");
    await append("k2", "four", "five");
    expect((await look()).toSorted()).toEqual(["five", "four", "one"]);
    const [letter, ...others] = await listDeadLetters(database, { afterId: 0n, limit: 10 });
    expect(others).toEqual([]);
    expect(letter).toMatchObject({ key: "k1", attempts: 3, payload: POISON });
    expect(letter?.reason).toMatch("MESSAGE_TOO_LARGE");
    const id = letter?.id ?? "";
    expect(await requeueDeadLetters(database, [BigInt(id), 99n])).toEqual([id]);
    expect(await look()).toHaveLength(3);
    expect(await listDeadLetters(database, { afterId: 0n, limit: 10 })).toMatchObject([
      { id, attempts: 3 },
    ]);
    expect(await purgeDeadLetters(database, null)).toEqual([id]);
    expect((await look()).toSorted()).toEqual(["five", "four", "one", "three"]);
    expect(await listDeadLetters(database, { afterId: 0n, limit: 10 })).toEqual([]);
    expect(await purgeDeadLetters(database, null)).toEqual([]);
  });
});

test("what was sent long ago is deleted, and nothing that is unsent or dead", async () => {
  await relayAlone("1", async ({ database, append, look }) => {
    await append("k1", "one", POISON, "three");
    await look();
    await append("k2", "four");
    expect(await countRows(database)).toBe(4);
    for (let times = 0; times < 5; times += 1) {
      await look();
    }
    // The dead one, and the one that waits behind it.
    expect(await countRows(database)).toBe(2);
    expect(await countUnsent(database)).toBe(2);
  });
});

test("an outbox that its holder renews while another claims it stays its holder's", async () => {
  await relayAlone("1", async ({ database }) => {
    const claim = { holder: "first", seen: 0n, leaseMs: 1 };
    const fence = await claimOutbox(database, claim);
    const renewing = await database.connect("renewing");
    const statement = async (sql: string) => renewing.query({ label: "renew", sql });
    await statement("BEGIN");
    await statement("UPDATE outbox_lease SET ends_at = clock_timestamp() + interval '1 minute'");
    // The lease that was read has ended by now, and its row is locked.
    const claimed = claimOutbox(database, { holder: "second", seen: fence ?? 0n, leaseMs: 1 });
    await statement("COMMIT");
    renewing.release();
    await expect(claimed).resolves.toBeUndefined();
  });
});

async function countRows(database: Database): Promise<number> {
  const { rows } = await runStatement(database, "look", {
    label: "count",
    sql: "SELECT count(*) AS rows FROM outbox",
  });
  return rows[0] === undefined ? 0 : Number(bigintColumn(rows[0], "rows"));
}
