import { Client } from "pg";
import type { DatabaseAddress } from "../../chaos/environment/environment.ts";

/** How many connections the yardstick works over. */
export const RAW_CONNECTIONS = 8;

const ACCOUNTS = 1_000;

/**
 * The naive limit: transfers as one transaction each, with what a wallet writes down of one (inbox,
 * balances, entries, decision, outbox), and nothing of FalconPay: its tables and statements stay as
 * they are here, whatever the services become, so that figures can be held against it.
 */
export interface RawTransfers {
  /** Transfers a second, over all connections, for that time. */
  measure(forMs: number): Promise<number>;
  close(): Promise<void>;
}

/** Makes the tables in an empty database. */
export async function openRawTransfers(address: DatabaseAddress): Promise<RawTransfers> {
  const clients = await Promise.all(
    Array.from({ length: RAW_CONNECTIONS }, async () => {
      const client = new Client({ ...address });
      await client.connect();
      return client;
    }),
  );
  const [first] = clients;
  await first?.query(TABLES);
  await first?.query(
    `INSERT INTO accounts SELECT 'a' || n, 1000000000, 0, '' FROM generate_series(1, $1::int) n`,
    [ACCOUNTS],
  );
  let transfers = 0;
  return {
    async measure(forMs) {
      const before = transfers;
      const beganAtMs = performance.now();
      await Promise.all(
        clients.map(async (client) => {
          while (performance.now() - beganAtMs < forMs) {
            transfers += 1;
            await transferOnce(client, transfers);
          }
        }),
      );
      return ((transfers - before) * 1_000) / (performance.now() - beganAtMs);
    },
    async close() {
      await Promise.all(clients.map((client) => client.end()));
    },
  };
}

const TABLES = `
  CREATE TABLE accounts (
    id text PRIMARY KEY, balance_minor bigint NOT NULL CHECK (balance_minor >= 0),
    entry_count bigint NOT NULL, last_entry_hash text NOT NULL);
  CREATE TABLE entries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payment_id text NOT NULL,
    account_id text NOT NULL REFERENCES accounts (id), position bigint NOT NULL,
    direction text NOT NULL, amount_minor bigint NOT NULL, balance_after_minor bigint NOT NULL,
    hash text NOT NULL, UNIQUE (payment_id, direction), UNIQUE (account_id, position));
  CREATE TABLE decisions (payment_id text PRIMARY KEY, outcome text NOT NULL);
  CREATE TABLE inbox (event_id text PRIMARY KEY, topic text NOT NULL);
  CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id text NOT NULL UNIQUE,
    message_key text NOT NULL, payload text NOT NULL, sent_at_ms bigint);
  CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at_ms IS NULL;`;

const HASH = "f".repeat(64);

/** A payload as long as an event's. */
const PAYLOAD = "e".repeat(300);

/** Nine statements, each awaited, as a service without batches sends them. */
async function transferOnce(client: Client, number: number): Promise<void> {
  const payment = `payment-${number}`;
  const from = `a${(number % ACCOUNTS) + 1}`;
  const to = `a${((number * 7_919 + 1) % ACCOUNTS) + 1}`;
  await client.query("BEGIN");
  await client.query(
    "INSERT INTO inbox (event_id, topic) VALUES ($1, $2) ON CONFLICT (event_id) DO NOTHING",
    [payment, "payment.created"],
  );
  const { rows } = await client.query<{ id: string; balance_minor: string; entry_count: string }>(
    `SELECT id, balance_minor, entry_count, last_entry_hash FROM accounts
     WHERE id = ANY ($1::text[]) ORDER BY id FOR UPDATE`,
    [[from, to]],
  );
  const changed = rows.map(({ id, balance_minor: balance, entry_count: count }) => {
    const balanceMinor = BigInt(balance) + (id === from ? -1n : 1n);
    return { id, balanceMinor: String(balanceMinor), position: String(BigInt(count) + 1n) };
  });
  for (const { id, balanceMinor, position } of changed) {
    await client.query(
      "UPDATE accounts SET balance_minor = $2, entry_count = $3, last_entry_hash = $4 WHERE id = $1",
      [id, balanceMinor, position, HASH],
    );
  }
  const [one, other] = changed;
  await client.query(
    `INSERT INTO entries
       (payment_id, amount_minor, hash, account_id, position, direction, balance_after_minor)
     VALUES ($1, 1, $2, $3, $4, 'debit', $5), ($1, 1, $2, $6, $7, 'credit', $8)`,
    [
      ...[payment, HASH, one?.id, one?.position, one?.balanceMinor],
      ...[other?.id, other?.position, other?.balanceMinor],
    ],
  );
  await client.query("INSERT INTO decisions (payment_id, outcome) VALUES ($1, $2)", [
    payment,
    "completed",
  ]);
  await client.query("INSERT INTO outbox (event_id, message_key, payload) VALUES ($1, $2, $3)", [
    `verdict-${number}`,
    payment,
    PAYLOAD,
  ]);
  await client.query("COMMIT");
}
