/** One statement as a client sends it. */
export interface Asked {
  readonly sql: string;
  readonly parameters: readonly (string | number | null)[];
}

/** The statements of one piece of work, the `at`-th of its kind. */
export type Operation = (at: number) => readonly Asked[];

/** Rows in the wallets, in the outbox and on either side of the join. */
export const ROWS = 10_000;

const ROWS_PER_INSERT = 500;

/** The tables of a wallet service, and two without any index for the join. */
export const SCHEMA: readonly string[] = [
  "CREATE TABLE wallets (id text PRIMARY KEY, currency text NOT NULL, balance_minor bigint NOT NULL CHECK (balance_minor >= 0), opened_at_ms bigint NOT NULL)",
  "CREATE TABLE ledger_entries (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payment_id text NOT NULL, wallet_id text NOT NULL REFERENCES wallets (id), direction text NOT NULL CHECK (direction IN ('debit', 'credit')), amount_minor bigint NOT NULL CHECK (amount_minor > 0), posted_at_ms bigint NOT NULL, UNIQUE (payment_id, direction))",
  "CREATE TABLE inbox (event_id text PRIMARY KEY, topic text NOT NULL, claimed_at_ms bigint NOT NULL)",
  "CREATE TABLE outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id text NOT NULL UNIQUE, topic text NOT NULL, payload text NOT NULL, appended_at_ms bigint NOT NULL, sent_at_ms bigint)",
  "CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at_ms IS NULL",
  "CREATE TABLE accounts (code bigint NOT NULL, name text NOT NULL)",
  "CREATE TABLE entries (account_code bigint NOT NULL, amount bigint NOT NULL)",
];

/** The statements that fill the tables; those of the join only where they are wanted. */
export function* fillingStatements({ joins }: { readonly joins: boolean }): Generator<string> {
  yield* inserts(
    "wallets (id, currency, balance_minor, opened_at_ms)",
    (at) => `('${walletId(at)}', 'OMR', 1000000000, ${at})`,
  );
  yield* inserts(
    "outbox (event_id, topic, payload, appended_at_ms)",
    (at) => `('seed-${at}', 'payments', '{"amount":"0.125"}', ${at})`,
  );
  if (!joins) {
    return;
  }
  yield* inserts("accounts (code, name)", (at) => `(${at}, 'account ${at}')`);
  yield* inserts("entries (account_code, amount)", (at) => `(${(at * 7) % ROWS}, ${at})`);
}

function* inserts(target: string, row: (at: number) => string): Generator<string> {
  for (let from = 0; from < ROWS; from += ROWS_PER_INSERT) {
    const rows = Array.from({ length: ROWS_PER_INSERT }, (_, at) => row(from + at));
    yield `INSERT INTO ${target} VALUES ${rows.join(", ")}`;
  }
}

export function walletId(at: number): string {
  return `w${at % ROWS}`;
}

const ENTRY =
  "INSERT INTO ledger_entries (payment_id, wallet_id, direction, amount_minor, posted_at_ms) VALUES ($1, $2, $3, $4, $5)";

/** A transfer as the wallet service sends it: nine statements. */
export const transfer: Operation = (at) => {
  const payment = `p${at}`;
  const [sender, receiver] = [walletId(at * 17), walletId(at * 17 + 1)];
  return [
    { sql: "BEGIN", parameters: [] },
    {
      sql: "INSERT INTO inbox (event_id, topic, claimed_at_ms) VALUES ($1, $2, $3) ON CONFLICT (event_id) DO NOTHING",
      parameters: [payment, "payments", at],
    },
    {
      sql: "SELECT id, currency, balance_minor FROM wallets WHERE id IN ($1, $2) ORDER BY id FOR UPDATE",
      parameters: [sender, receiver],
    },
    {
      sql: "UPDATE wallets SET balance_minor = balance_minor - $2 WHERE id = $1 AND balance_minor >= $2 RETURNING balance_minor",
      parameters: [sender, 125],
    },
    {
      sql: "UPDATE wallets SET balance_minor = balance_minor + $2 WHERE id = $1 RETURNING balance_minor",
      parameters: [receiver, 125],
    },
    { sql: ENTRY, parameters: [payment, sender, "debit", 125, at] },
    { sql: ENTRY, parameters: [payment, receiver, "credit", 125, at] },
    {
      sql: "INSERT INTO outbox (event_id, topic, payload, appended_at_ms) VALUES ($1, $2, $3, $4)",
      parameters: [`e${at}`, "settlements", '{"amount":"0.125"}', at],
    },
    { sql: "COMMIT", parameters: [] },
  ];
};

/** One wallet by its key. */
export const pointSelect: Operation = (at) => [
  {
    sql: "SELECT id, currency, balance_minor FROM wallets WHERE id = $1",
    parameters: [walletId(at * 7)],
  },
];

/** One new row. */
export const insert: Operation = (at) => [
  {
    sql: "INSERT INTO inbox (event_id, topic, claimed_at_ms) VALUES ($1, $2, $3)",
    parameters: [`i${at}`, "payments", at],
  },
];

/** One wallet's balance. */
export const update: Operation = (at) => [
  {
    sql: "UPDATE wallets SET balance_minor = balance_minor + 1 WHERE id = $1",
    parameters: [walletId(at * 13)],
  },
];

/** Ten unsent rows of many are claimed and marked, as an outbox relay does beside others. */
export const claim: Operation = (at) => [
  {
    sql: "WITH claimed AS (SELECT id FROM outbox WHERE sent_at_ms IS NULL ORDER BY id LIMIT 10 FOR UPDATE SKIP LOCKED) UPDATE outbox SET sent_at_ms = $1 FROM claimed WHERE outbox.id = claimed.id RETURNING outbox.id, outbox.payload",
    parameters: [at],
  },
];

/** Two tables joined on columns that have no index. */
export const hashJoin: Operation = () => [
  {
    sql: "SELECT count(*), sum(e.amount) FROM accounts a JOIN entries e ON e.account_code = a.code",
    parameters: [],
  },
];

/** A hundred groups of a whole table. */
export const groupBy: Operation = () => [
  {
    sql: "SELECT account_code % 100 AS bucket, count(*), sum(amount) FROM entries GROUP BY account_code % 100",
    parameters: [],
  },
];
