import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { DatabaseSetup } from "pg-transactional-outbox";
import { createTopics } from "../../chaos/environment/create-topics.ts";
import { directKafka } from "../../chaos/environment/direct-kafka.ts";
import type { DatabaseAddress } from "../../chaos/environment/environment.ts";
import type { Keeper } from "../../chaos/keeper/keeper.ts";
import { startServiceProcess } from "../../chaos/processes/service-process.ts";
import { databaseVariable, urlOf } from "../../chaos/service-addresses.ts";
import { OUTBOX_CHANNEL } from "../../system/outbox/append.ts";
import type { DefaultServers } from "./default-servers.ts";
import { OTHER_OUTBOX } from "./other-outbox.ts";

/** Rows a second of two relays that publish an outbox to Kafka, each a process of its own. */
export interface RelayFigures {
  readonly ownPerSecond: number;
  readonly otherPerSecond: number;
}

const TOPIC = "bench.relayed";
const PARTITIONS = 3;
const READY_MS_MAX = 30_000;
const EMPTY_MS_MAX = 120_000;
const POLL_MS = 20;

/** A payload as long as an event's: a JSON object, as the other relay demands. */
const PAYLOAD = `'{"said":"${"e".repeat(300)}"}'`;

/** How the rows get there and how it is seen that they are gone, of one contestant. */
interface Contestant {
  readonly database: string;
  readonly program: string;
  readonly environment: (address: DatabaseAddress) => Readonly<Record<string, string>>;
  /** A line in its log that says that it looks for rows. */
  readonly ready: string;
  /** What makes the tables; they are the program's own matter where there is none. */
  readonly setup?: readonly string[];
  /** Takes how many. */
  readonly fill: string;
  readonly unsent: string;
  /** The other one searches its whole backlog for each batch: it is given fewer. */
  readonly rows: number;
}

const own: Contestant = {
  database: "relay",
  program: fileURLToPath(new URL("../../system/main.ts", import.meta.url)),
  environment: (address) => ({
    ROLES: "payment-relay",
    [databaseVariable("payment")]: urlOf(address),
    HTTP_PORT: "0",
  }),
  ready: '"event":"process.started"',
  // It wakes the relay, as the services do.
  fill: `WITH appended AS (
      INSERT INTO outbox (event_id, topic, message_key, payload, appended_at_ms)
      SELECT gen_random_uuid()::text, '${TOPIC}', 'payment-' || n, ${PAYLOAD}, 0
      FROM generate_series(1, $1::int) n RETURNING id
    ) SELECT pg_notify('${OUTBOX_CHANNEL}', '') FROM appended LIMIT 1`,
  unsent: "SELECT 1 FROM outbox WHERE sent_at_ms IS NULL LIMIT 1",
  rows: 50_000,
};

const other: Contestant = {
  database: OTHER_OUTBOX.database,
  program: fileURLToPath(new URL("other-relay.ts", import.meta.url)),
  environment: (address) => ({ OUTBOX_DATABASE_URL: urlOf(address) }),
  ready: "ready",
  setup: [
    DatabaseSetup.dropAndCreateTable(OTHER_OUTBOX),
    DatabaseSetup.createPollingFunction(OTHER_OUTBOX),
    DatabaseSetup.setupPollingIndexes(OTHER_OUTBOX),
  ],
  // In parallel, and so without an order: as fast as it can.
  fill: `INSERT INTO outbox (id, aggregate_type, aggregate_id, message_type, concurrency, payload)
    SELECT gen_random_uuid(), 'payment', 'payment-' || n, '${TOPIC}', 'parallel', ${PAYLOAD}
    FROM generate_series(1, $1::int) n`,
  unsent: "SELECT 1 FROM outbox WHERE processed_at IS NULL LIMIT 1",
  rows: 2_000,
};

/** Lets both publish in turns, and answers the median of each. */
export async function contestRelays(
  keeper: Keeper,
  servers: DefaultServers,
  rounds: number,
): Promise<RelayFigures> {
  const admin = directKafka(servers.kafka).admin();
  await admin.connect();
  const topic = { topic: TOPIC, partitions: PARTITIONS };
  await createTopics(admin, [topic], Date.now() + READY_MS_MAX);
  await admin.disconnect();
  const ownRates: number[] = [];
  const otherRates: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ownRates.push(await measure(keeper, servers, own));
    otherRates.push(await measure(keeper, servers, other));
  }
  return { ownPerSecond: medianOf(ownRates), otherPerSecond: medianOf(otherRates) };
}

let processes = 0;

/** Starts the relay, fills its outbox in one transaction, and waits until it is empty. */
async function measure(
  keeper: Keeper,
  servers: DefaultServers,
  contestant: Contestant,
): Promise<number> {
  const address = await servers.database(contestant.database);
  const client = new Client({ ...address });
  await client.connect();
  for (const sql of contestant.setup ?? []) {
    await client.query(sql);
  }
  processes += 1;
  const logFile = join(keeper.folder, `relay-${processes}.log`);
  const kept = await startServiceProcess(keeper, {
    name: `relay-${processes}`,
    program: contestant.program,
    environment: {
      ...contestant.environment(address),
      KAFKA_BROKERS: servers.kafka.brokers.join(","),
    },
    logFile,
  });
  try {
    await until(READY_MS_MAX, `${contestant.program} does not start`, async () =>
      readFileSync(logFile, "utf8").includes(contestant.ready),
    );
    // A few rows first: what runs for the first time compiles.
    for (const rows of [contestant.rows / 10, contestant.rows]) {
      await client.query(contestant.fill, [rows]);
      const beganAtMs = performance.now();
      await until(EMPTY_MS_MAX, `${contestant.program} does not empty its outbox`, async () => {
        const { rowCount } = await client.query(contestant.unsent);
        return rowCount === 0;
      });
      if (rows === contestant.rows) {
        return (rows * 1_000) / (performance.now() - beganAtMs);
      }
    }
    throw new Error("a relay was given no rows");
  } finally {
    await kept.stop();
    await client.end();
  }
}

async function until(
  boundMs: number,
  complaint: string,
  isSo: () => Promise<boolean>,
): Promise<void> {
  const deadlineAtMs = Date.now() + boundMs;
  while (!(await isSo())) {
    if (Date.now() > deadlineAtMs) {
      throw new Error(`${complaint}, not within ${boundMs} ms`);
    }
    await delay(POLL_MS);
  }
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
