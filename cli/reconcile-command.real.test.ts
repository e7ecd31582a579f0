import { afterAll, beforeAll, expect, test } from "vitest";
import { readMigrations } from "../system/adapters/migration-files.ts";
import { createPostgresDatabase } from "../system/adapters/postgres-database.ts";
import { migrate } from "../system/database/migrate.ts";
import {
  startScratchPostgres,
  type ScratchPostgres,
} from "../tools/differential/servers/scratch-postgres.ts";
import { falconpay } from "./testing/command-line.ts";

let postgres: ScratchPostgres;
let environment: Record<string, string>;
beforeAll(async () => {
  postgres = await startScratchPostgres();
  const url = (name: string) => `postgres://postgres@127.0.0.1:${postgres.port}/${name}`;
  environment = {
    RECONCILIATION_DATABASE_URL: url("reconciliation"),
    PAYMENT_READER_URL: url("payment"),
    WALLET_READER_URL: url("wallet"),
  };
  await ask("postgres", "CREATE DATABASE reconciliation");
  for (const service of ["payment", "wallet"] as const) {
    await ask("postgres", `CREATE DATABASE ${service}`);
    const database = createPostgresDatabase({ connectionString: url(service) });
    const clock = { nowMs: () => Date.now(), async sleep() {} };
    await migrate({ database, clock }, readMigrations(service));
    await database.close();
  }
});
afterAll(() => postgres?.stop());

async function ask(database: string, sql: string): Promise<void> {
  const client = await postgres.connect(database);
  await client.query(sql);
  await client.end();
}

/** The last line of JSON that it says. */
async function reconciled(): Promise<{ readonly code: number; readonly told: unknown }> {
  const { code, stdout } = await falconpay(["reconcile", "--json"], { environment });
  return { code, told: JSON.parse(stdout) };
}

test("databases that agree end it with 0, a break with 1, and a run that failed with 5", async () => {
  expect(await reconciled()).toMatchObject({
    code: 0,
    told: { run: { outcome: "clean", failure: null }, breaks: [] },
  });
  await ask(
    "wallet",
    "INSERT INTO wallets VALUES ('salim', 'customer', 'OMR', 5, false, 0, '', 0)",
  );
  expect(await reconciled()).toMatchObject({
    code: 1,
    told: {
      run: { outcome: "breaks", breaks: 2 },
      breaks: expect.arrayContaining([
        expect.objectContaining({ subject: "account salim", ageMs: expect.any(Number) }),
        expect.objectContaining({ class: "CONSERVATION", subject: "currency OMR" }),
      ]),
    },
  });
  const { code, stdout } = await falconpay(["reconcile"], { environment });
  expect(code).toBe(1);
  expect(stdout).toMatch(/; 2 breaks are open\n/);
  expect(stdout).toMatch(/^ {2}BALANCE_DRIFT +account salim: .*; open for [0-9]+ s$/m);
  await ask("wallet", "ALTER TABLE wallets RENAME TO hidden");
  expect(await reconciled()).toMatchObject({ code: 5, told: { run: { outcome: "failed" } } });
});

test("while another run is under way it ends with 4, and says so", async () => {
  const other = await postgres.connect("reconciliation");
  await other.query("SELECT pg_advisory_lock(4715082)");
  const { code, stderr } = await falconpay(["reconcile"], { environment });
  await other.end();
  expect({ code, stderr }).toEqual({
    code: 4,
    stderr: "falconpay: another run is under way: ask again when it is over\n",
  });
});

test("a variable that is missing ends it with 2, and a database that is away with 4", async () => {
  const { WALLET_READER_URL: _, ...lacking } = environment;
  const incomplete = await falconpay(["reconcile"], { environment: lacking });
  expect(incomplete).toMatchObject({
    code: 2,
    stderr: "falconpay: these environment variables are missing: WALLET_READER_URL\n",
  });
  const away = { ...environment, RECONCILIATION_DATABASE_URL: "postgres://postgres@127.0.0.1:1/x" };
  const { code, stderr } = await falconpay(["reconcile"], { environment: away });
  expect(code).toBe(4);
  expect(stderr).toMatch(/^falconpay: the reconciliation database: ./);
});
