import { afterAll, beforeAll, expect, test } from "vitest";
import { readMigrations } from "../system/adapters/migration-files.ts";
import { createPostgresDatabase } from "../system/adapters/postgres-database.ts";
import { migrate } from "../system/database/migrate.ts";
import { encodeEvent } from "../system/domain/events.ts";
import { sampleCreated } from "../system/testing/samples.ts";
import {
  startScratchPostgres,
  type ScratchPostgres,
} from "../tools/differential/servers/scratch-postgres.ts";
import { falconpay } from "./testing/command-line.ts";

let postgres: ScratchPostgres;
let environment: Record<string, string>;
beforeAll(async () => {
  postgres = await startScratchPostgres();
  const url = `postgres://postgres@127.0.0.1:${postgres.port}/wallet`;
  environment = { WALLET_DATABASE_URL: url };
  await ask("CREATE DATABASE wallet", [], "postgres");
  const database = createPostgresDatabase({ connectionString: url });
  await migrate(
    { database, clock: { nowMs: () => 1, async sleep() {} } },
    readMigrations("wallet"),
  );
  await database.close();
});
afterAll(() => postgres?.stop());

async function ask(
  sql: string,
  parameters: readonly unknown[] = [],
  database = "wallet",
): Promise<readonly object[]> {
  const client = await postgres.connect(database);
  const { rows } = await client.query<object>(sql, [...parameters]);
  await client.end();
  return rows;
}

async function deadLetters(...words: readonly string[]) {
  const { code, stdout, stderr } = await falconpay(["dead-letters", ...words], { environment });
  return { code, told: stdout, stderr };
}

/** Asks for what no wallet can give, which is decided all the same. */
const CREATED = encodeEvent(sampleCreated());

test("what the broker refuses and what could not be taken in are listed, tried again and dropped", async () => {
  const letter =
    "INSERT INTO dead_letters VALUES ('payment.created', 0, $1, $2, 'of yesterday', 0)";
  await ask(letter, [7, CREATED]);
  await ask(letter, [8, "{"]);
  await ask(
    `INSERT INTO outbox (event_id, topic, message_key, payload, appended_at_ms, attempts, refusal, dead_at_ms)
     VALUES ('e', 'payment.failed', 'p', '{}', 0, 5, 'too large', 0)`,
  );
  const { code, told } = await deadLetters("list", "wallet");
  expect([code, told]).toEqual([
    0,
    `1  payment.failed  key p  dead since 1970-01-01T00:00:00.000Z after 5 attempts: too large
payment.created/0/7  set aside since 1970-01-01T00:00:00.000Z: of yesterday
payment.created/0/8  set aside since 1970-01-01T00:00:00.000Z: of yesterday
`,
  ]);
  expect(await deadLetters("requeue", "wallet", "--all")).toEqual({
    code: 1,
    told: "requeued: 1, payment.created/0/7\nrefused again: payment.created/0/8: the value is not JSON\n",
    stderr: "",
  });
  expect(await ask("SELECT payment_id, reason FROM transfer_decisions")).toEqual([
    { payment_id: "p1", reason: "unknown_wallet" },
  ]);
  expect(
    await deadLetters("purge", "wallet", "payment.created/0/8", "payment.created/0/7"),
  ).toEqual({
    code: 2,
    told: "purged: payment.created/0/8\n",
    stderr: "falconpay: no dead letters of the wallet service: payment.created/0/7\n",
  });
  const left = await deadLetters("list", "wallet", "--json");
  expect(JSON.parse(left.told)).toEqual({ deadLetters: [], setAside: [] });
});
