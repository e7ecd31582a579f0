import type { Parameter } from "../types/parameter.ts";

/** One step of a script: a query in a session, or the time that a deadlock takes to be found. */
export type ScriptStep =
  | readonly [session: string, sql: string, parameters?: readonly Parameter[]]
  | "deadlock timeout";

/** Queries over several sessions, in the order in which they are asked; some of them wait. */
export interface DifferentialScript {
  readonly claim: string;
  readonly steps: readonly ScriptStep[];
}

const RR = "BEGIN ISOLATION LEVEL REPEATABLE READ";
const BALANCES = "SELECT id, balance_minor FROM wallets ORDER BY id";
const TAKE_A = "UPDATE wallets SET balance_minor = balance_minor - 10 WHERE id = 'a'";
const TAKE_B = "UPDATE wallets SET balance_minor = balance_minor - 10 WHERE id = 'b'";
const LOCK_A = "SELECT id, balance_minor FROM wallets WHERE id = 'a' FOR UPDATE";
const CLAIM =
  "INSERT INTO inbox (event_id, topic, claimed_at_ms) VALUES ('e1', 't', 1) ON CONFLICT (event_id) DO NOTHING";
const INSERT_E1 = "INSERT INTO inbox VALUES ('e1', 't', 1)";
const FUND_A = "INSERT INTO external_funding VALUES ('a', 'OMR', 1)";

/** Run after `DIFFERENTIAL_SETUP`. */
export const DIFFERENTIAL_SCRIPTS: readonly DifferentialScript[] = [
  script("an uncommitted change is seen by its own transaction only", [
    ["s1", "BEGIN"],
    ["s1", TAKE_A],
    ["s1", BALANCES],
    ["s2", BALANCES],
    ["s1", "COMMIT"],
    ["s2", BALANCES],
  ]),
  script("in READ COMMITTED every statement sees what is committed by then", [
    ["s1", "BEGIN"],
    ["s1", BALANCES],
    ["s2", TAKE_A],
    ["s1", BALANCES],
    ["s1", "COMMIT"],
  ]),
  script("in REPEATABLE READ the first statement fixes what is seen", [
    ["s1", RR],
    ["s2", TAKE_B],
    ["s1", BALANCES],
    ["s2", TAKE_A],
    ["s1", BALANCES],
    ["s1", TAKE_A],
    ["s1", BALANCES],
    ["s1", "COMMIT"],
  ]),
  script(
    "in REPEATABLE READ a lock on a row changed since fails, and so does one on a row deleted since",
    [
      ["s1", RR],
      ["s1", BALANCES],
      ["s2", TAKE_A],
      ["s2", "DELETE FROM wallets WHERE id = 'c'"],
      ["s1", LOCK_A],
      ["s1", "ROLLBACK"],
      ["s1", RR],
      ["s1", BALANCES],
      ["s2", "DELETE FROM wallets WHERE id = 'b'"],
      ["s1", "SELECT id FROM wallets WHERE id = 'b' FOR UPDATE"],
      ["s1", "ROLLBACK"],
    ],
  ),
  script("in REPEATABLE READ a conflict that cannot be seen fails ON CONFLICT DO NOTHING", [
    ["s1", RR],
    ["s1", BALANCES],
    ["s2", INSERT_E1],
    ["s1", CLAIM],
    ["s1", "ROLLBACK"],
  ]),
  script("an update waits for the holder and then works on the newest version", [
    ["s1", "BEGIN"],
    ["s1", TAKE_A],
    ["s2", TAKE_A],
    ["s1", "COMMIT"],
    ["s3", BALANCES],
  ]),
  script("an update waits for the holder and then works on the old version if that rolled back", [
    ["s1", "BEGIN"],
    ["s1", TAKE_A],
    ["s2", TAKE_A],
    ["s1", "ROLLBACK"],
    ["s3", BALANCES],
  ]),
  script("a guard that no longer holds on the newest version changes nothing", [
    ["s1", "BEGIN"],
    ["s1", "UPDATE wallets SET balance_minor = 5 WHERE id = 'a'"],
    [
      "s2",
      "UPDATE wallets SET balance_minor = balance_minor - 50 WHERE id = 'a' AND balance_minor >= 50 RETURNING balance_minor",
    ],
    ["s1", "COMMIT"],
  ]),
  script("a row deleted while one waited for it is passed over", [
    ["s1", "BEGIN"],
    ["s1", "DELETE FROM wallets WHERE id = 'c'"],
    ["s2", "UPDATE wallets SET currency = 'X' WHERE id = 'c'"],
    ["s3", "SELECT id FROM wallets WHERE id = 'c' FOR UPDATE"],
    ["s1", "COMMIT"],
  ]),
  script("FOR UPDATE gives the newest version of a row, in the old order", [
    ["s1", "BEGIN"],
    ["s1", "UPDATE wallets SET balance_minor = 999 WHERE id = 'a'"],
    ["s2", "SELECT id, balance_minor FROM wallets ORDER BY balance_minor, id FOR UPDATE"],
    ["s1", "COMMIT"],
  ]),
  script("waiters for one row get it in the order in which they came", [
    ["s1", "BEGIN"],
    ["s1", LOCK_A],
    ["s2", TAKE_A],
    ["s3", "UPDATE wallets SET balance_minor = balance_minor * 2 WHERE id = 'a'"],
    ["s1", "COMMIT"],
    ["s4", BALANCES],
  ]),
  script("two transactions that lock in opposite order: one of them is the victim", [
    ["s1", "BEGIN"],
    ["s2", "BEGIN"],
    ["s1", TAKE_A],
    ["s2", TAKE_B],
    ["s1", TAKE_B],
    ["s2", TAKE_A],
    "deadlock timeout",
    ["s1", "SELECT 1"],
    ["s1", "COMMIT"],
    ["s2", "COMMIT"],
    ["s3", BALANCES],
  ]),
  script("two holders of FOR SHARE who both want to update: one of them is the victim", [
    ["s1", "BEGIN"],
    ["s2", "BEGIN"],
    ["s1", "SELECT id FROM wallets WHERE id = 'a' FOR SHARE"],
    ["s2", "SELECT id FROM wallets WHERE id = 'a' FOR SHARE"],
    ["s1", TAKE_A],
    ["s2", TAKE_A],
    "deadlock timeout",
    ["s1", "ROLLBACK"],
    ["s2", "COMMIT"],
  ]),
  script("an insert of a key in progress waits, and fails when the first commits", [
    ["s1", "BEGIN"],
    ["s1", INSERT_E1],
    ["s2", INSERT_E1],
    ["s1", "COMMIT"],
  ]),
  script("an insert of a key in progress waits, and succeeds when the first rolls back", [
    ["s1", "BEGIN"],
    ["s1", INSERT_E1],
    ["s2", INSERT_E1],
    ["s1", "ROLLBACK"],
    ["s3", "SELECT event_id FROM inbox"],
  ]),
  script("an insert waits for whoever is deleting the key", [
    ["s1", INSERT_E1],
    ["s1", "BEGIN"],
    ["s1", "DELETE FROM inbox"],
    ["s2", INSERT_E1],
    ["s1", "COMMIT"],
    ["s1", "BEGIN"],
    ["s1", "DELETE FROM inbox"],
    ["s2", INSERT_E1],
    ["s1", "ROLLBACK"],
  ]),
  script("two inserters of one claim: the second waits and claims nothing", [
    ["s1", "BEGIN"],
    ["s1", CLAIM],
    ["s2", CLAIM],
    ["s1", "COMMIT"],
    ["s2", CLAIM],
  ]),
  script("two inserters of one claim: the second claims it when the first rolls back", [
    ["s1", "BEGIN"],
    ["s1", CLAIM],
    ["s2", CLAIM],
    ["s1", "ROLLBACK"],
  ]),
  script("two inserters that wait for each other's key deadlock", [
    ["s1", "BEGIN"],
    ["s2", "BEGIN"],
    ["s1", "INSERT INTO inbox VALUES ('x', 't', 1)"],
    ["s2", "INSERT INTO inbox VALUES ('y', 't', 1)"],
    ["s1", "INSERT INTO inbox VALUES ('y', 't', 1)"],
    ["s2", "INSERT INTO inbox VALUES ('x', 't', 1)"],
    "deadlock timeout",
    ["s1", "ROLLBACK"],
    ["s2", "COMMIT"],
  ]),
  script("a row that refers to a wallet does not wait for a change of its balance", [
    ["s1", "BEGIN"],
    ["s1", TAKE_A],
    ["s2", FUND_A],
    ["s1", "COMMIT"],
  ]),
  script("a row that refers to a wallet waits for FOR UPDATE, but not for FOR NO KEY UPDATE", [
    ["s1", "BEGIN"],
    ["s1", LOCK_A],
    ["s2", FUND_A],
    ["s1", "COMMIT"],
    ["s1", "BEGIN"],
    ["s1", "SELECT id FROM wallets WHERE id = 'b' FOR NO KEY UPDATE"],
    ["s2", "INSERT INTO external_funding VALUES ('b', 'OMR', 1)"],
    ["s1", "COMMIT"],
  ]),
  script("FOR UPDATE and then a change of the balance still keeps referring rows out", [
    ["s1", "BEGIN"],
    ["s1", LOCK_A],
    ["s1", TAKE_A],
    ["s2", FUND_A],
    ["s1", "COMMIT"],
  ]),
  script("a wallet that is referred to cannot go, and one being deleted cannot be referred to", [
    ["s1", FUND_A],
    ["s1", "DELETE FROM wallets WHERE id = 'a'"],
    ["s1", "UPDATE wallets SET id = 'z' WHERE id = 'a'"],
    ["s1", "BEGIN"],
    ["s1", "DELETE FROM wallets WHERE id = 'b'"],
    ["s2", "INSERT INTO external_funding VALUES ('b', 'OMR', 1)"],
    ["s1", "COMMIT"],
    ["s2", "INSERT INTO external_funding VALUES ('nobody', 'OMR', 1)"],
  ]),
  script("a delete waits for a referring row in progress", [
    ["s1", "BEGIN"],
    ["s1", FUND_A],
    ["s2", "DELETE FROM wallets WHERE id = 'a'"],
    ["s3", TAKE_A],
    ["s1", "COMMIT"],
  ]),
  script("a key changed in a row that others refer to waits as a delete does", [
    ["s1", "BEGIN"],
    ["s1", FUND_A],
    ["s2", "UPDATE wallets SET id = 'z' WHERE id = 'a'"],
    ["s1", "ROLLBACK"],
    ["s3", BALANCES],
  ]),
  script("REPEATABLE READ fails only when those who hold a key share lock have ended", [
    ["s1", "BEGIN"],
    ["s1", "UPDATE wallets SET currency = 'X' WHERE id = 'b'"],
    ["s2", "BEGIN"],
    ["s2", "SELECT id FROM wallets WHERE id = 'b' FOR KEY SHARE"],
    ["s3", RR],
    ["s3", BALANCES],
    ["s1", "COMMIT"],
    ["s3", "SELECT id FROM wallets WHERE id = 'b' FOR UPDATE"],
    ["s2", "COMMIT"],
    ["s3", "ROLLBACK"],
  ]),
  script("SKIP LOCKED passes locked rows over and fills its LIMIT from the rest", [
    ["s1", "BEGIN"],
    ["s1", LOCK_A],
    ["s2", "SELECT id FROM wallets ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"],
    ["s2", "SELECT id FROM wallets ORDER BY id FOR SHARE SKIP LOCKED"],
    ["s1", "COMMIT"],
  ]),
  script("NOWAIT reports the locked row", [
    ["s1", "BEGIN"],
    ["s1", TAKE_A],
    ["s2", "SELECT id FROM wallets WHERE id = 'a' FOR UPDATE NOWAIT"],
    ["s2", "SELECT id FROM wallets WHERE id = 'a' FOR KEY SHARE NOWAIT"],
    ["s1", "COMMIT"],
  ]),
  script("holders of FOR SHARE stand beside each other; an update waits for all of them", [
    ["s1", "BEGIN"],
    ["s2", "BEGIN"],
    ["s1", "SELECT id FROM wallets WHERE id = 'a' FOR SHARE"],
    ["s2", "SELECT id FROM wallets WHERE id = 'a' FOR KEY SHARE"],
    ["s3", TAKE_A],
    ["s1", "COMMIT"],
    ["s2", "COMMIT"],
  ]),
  script("an error aborts the transaction; COMMIT then answers ROLLBACK, and that is a success", [
    ["s1", "BEGIN"],
    ["s1", TAKE_A],
    ["s1", "UPDATE wallets SET balance_minor = -1 WHERE id = 'b'"],
    ["s2", TAKE_A],
    ["s1", "SELECT 1"],
    ["s1", "SELECT nonsense FROM nowhere"],
    ["s1", "selec"],
    ["s1", "BEGIN"],
    ["s1", "COMMIT"],
    ["s1", BALANCES],
  ]),
  script("COMMIT and ROLLBACK without a transaction succeed", [
    ["s1", "COMMIT"],
    ["s1", "ROLLBACK"],
    ["s1", "BEGIN"],
    ["s1", "BEGIN"],
    ["s1", "COMMIT"],
  ]),
  script("several statements in one text are one transaction", [
    [
      "s1",
      "UPDATE wallets SET currency = 'X' WHERE id = 'a'; UPDATE wallets SET balance_minor = -1 WHERE id = 'b'",
    ],
    ["s1", "SELECT currency FROM wallets WHERE id = 'a'"],
    [
      "s1",
      "UPDATE wallets SET currency = 'X' WHERE id = 'a'; SELECT currency FROM wallets WHERE id = 'a'",
    ],
    ["s1", "BEGIN; UPDATE wallets SET currency = 'Y' WHERE id = 'a'; COMMIT"],
    ["s1", "SELECT 1; SELECT 2", [1]],
    ["s1", ""],
  ]),
  script("an advisory lock is held to the end of the transaction", [
    ["s1", "BEGIN"],
    ["s1", "SELECT pg_advisory_xact_lock($1)", ["42"]],
    ["s1", "SELECT pg_advisory_xact_lock(42)"],
    ["s2", "BEGIN"],
    ["s2", "SELECT pg_advisory_xact_lock($1)", [43]],
    ["s2", "SELECT pg_advisory_xact_lock($1)", [42]],
    ["s1", "COMMIT"],
    ["s2", "COMMIT"],
  ]),
  script("numbers drawn from an identity column are not given back", [
    [
      "s1",
      "INSERT INTO outbox (event_id, topic, message_key, payload, appended_at_ms) VALUES ('e1', 't', 'k', 'p', 1) RETURNING id",
    ],
    [
      "s1",
      "INSERT INTO outbox (event_id, topic, message_key, payload, appended_at_ms) VALUES ('e1', 't', 'k', 'p', 1) RETURNING id",
    ],
    [
      "s1",
      "INSERT INTO outbox (event_id, topic, message_key, payload, appended_at_ms) VALUES ('e1', 't', 'k', 'p', 1) ON CONFLICT DO NOTHING RETURNING id",
    ],
    [
      "s1",
      "INSERT INTO outbox (event_id, topic, message_key, payload, appended_at_ms) VALUES ('e2', 't', 'k', 'p', 1) RETURNING *",
    ],
    [
      "s1",
      "INSERT INTO outbox (id, event_id, topic, message_key, payload, appended_at_ms) VALUES (9, 'e3', 't', 'k', 'p', 1)",
    ],
    [
      "s1",
      "INSERT INTO outbox (id, event_id, topic, message_key, payload, appended_at_ms) VALUES (DEFAULT, 'e3', 't', 'k', 'p', 1) RETURNING id",
    ],
    ["s1", "UPDATE outbox SET id = 5"],
  ]),
  script("two creators of one table meet at the type's name", [
    ["s1", "BEGIN"],
    ["s1", "CREATE TABLE IF NOT EXISTS schema_migrations (version text PRIMARY KEY)"],
    ["s2", "SELECT version FROM schema_migrations"],
    ["s2", "CREATE TABLE IF NOT EXISTS schema_migrations (version text PRIMARY KEY)"],
    ["s1", "COMMIT"],
    ["s2", "CREATE TABLE IF NOT EXISTS schema_migrations (version text PRIMARY KEY)"],
    ["s2", "CREATE TABLE schema_migrations (version text PRIMARY KEY)"],
    ["s2", "SELECT version FROM schema_migrations"],
  ]),
  script("a definition that is rolled back was never there", [
    ["s1", "BEGIN"],
    ["s1", "CREATE TABLE t (a integer)"],
    ["s1", "INSERT INTO t VALUES (1)"],
    ["s1", "SELECT a FROM t"],
    ["s1", "ROLLBACK"],
    ["s1", "SELECT a FROM t"],
    ["s1", "CREATE TABLE t (a integer)"],
  ]),
  script("CREATE INDEX waits for writers and holds later writers up, but not readers", [
    ["s1", "BEGIN"],
    ["s1", TAKE_A],
    ["s2", "CREATE INDEX ON wallets (currency)"],
    ["s3", TAKE_B],
    ["s4", "SELECT count(*) FROM wallets"],
    ["s1", "COMMIT"],
  ]),
  script("constraints are named by Postgres's rules and reported with their names", [
    [
      "s1",
      "CREATE TABLE p (a integer, b text, PRIMARY KEY (a, b), UNIQUE (b), CHECK (a > 0), CHECK (a < 10), CHECK (a <> 5 OR b = 'five'), CONSTRAINT short CHECK (b <> ''))",
    ],
    ["s1", "CREATE TABLE c (a integer REFERENCES p (a))"],
    ["s1", "CREATE TABLE c (b text REFERENCES p (b), a integer, FOREIGN KEY (a, b) REFERENCES p)"],
    ["s1", "INSERT INTO p VALUES (0, 'x')"],
    ["s1", "INSERT INTO p VALUES (11, 'x')"],
    ["s1", "INSERT INTO p VALUES (5, 'x')"],
    ["s1", "INSERT INTO p VALUES (1, '')"],
    ["s1", "INSERT INTO p VALUES (1, NULL)"],
    ["s1", "INSERT INTO p VALUES (1, 'x'), (1, 'x')"],
    ["s1", "INSERT INTO p VALUES (1, 'x')"],
    ["s1", "INSERT INTO p VALUES (2, 'x')"],
    ["s1", "INSERT INTO c VALUES ('y', 1)"],
    ["s1", "INSERT INTO c VALUES ('x', 2)"],
    ["s1", "INSERT INTO c VALUES ('x', NULL), (NULL, 7), ('x', 1)"],
    ["s1", "DELETE FROM p"],
    [
      "s1",
      "CREATE TABLE a_table_with_a_very_long_name_that_goes_on_and_on (another_column_with_a_very_long_name text UNIQUE)",
    ],
    ["s1", "INSERT INTO a_table_with_a_very_long_name_that_goes_on_and_on VALUES ('1'), ('1')"],
  ]),
  script("text is compared by code point", [
    ["s1", "CREATE TABLE t (a text)"],
    [
      "s1",
      "INSERT INTO t VALUES ('b'), ('B'), ('a'), ('ä'), ('\u{1F600}'), ('\uFFFD'), (''), (NULL), ('a b'), ('a_b')",
    ],
    ["s1", "SELECT a FROM t ORDER BY a"],
    ["s1", "SELECT a FROM t ORDER BY a DESC LIMIT 3"],
    ["s1", "SELECT a FROM t ORDER BY a DESC NULLS LAST LIMIT 3 OFFSET 1"],
    ["s1", "SELECT a FROM t WHERE a > 'a' ORDER BY 1 NULLS FIRST"],
  ]),
  script("joins, aggregates and their names", [
    ["s1", FUND_A],
    [
      "s1",
      "SELECT w.id, f.amount_minor FROM wallets w JOIN external_funding f ON f.wallet_id = w.id",
    ],
    [
      "s1",
      "SELECT w.id, f.amount_minor FROM wallets w LEFT JOIN external_funding f ON f.wallet_id = w.id ORDER BY w.id",
    ],
    [
      "s1",
      "SELECT w.id FROM wallets w LEFT JOIN external_funding f ON f.wallet_id = w.id WHERE f.wallet_id IS NULL ORDER BY w.id",
    ],
    [
      "s1",
      "SELECT count(*), sum(balance_minor), min(id), max(balance_minor) AS most, count(balance_minor) FROM wallets",
    ],
    ["s1", "SELECT currency, sum(balance_minor) FROM wallets GROUP BY currency ORDER BY currency"],
    ["s1", "SELECT count(*), sum(balance_minor) FROM wallets WHERE id = 'none'"],
    ["s1", "SELECT id, count(*) FROM wallets"],
    ["s1", "SELECT currency FROM wallets WHERE id = 'none' GROUP BY currency"],
    ["s1", "SELECT id FROM wallets w JOIN external_funding id ON true"],
  ]),
  script("expressions and their errors", [
    ["s1", "SELECT 1 + 2, 7 / 2, -7 / 2, -7 % 3, 2147483647 + 1"],
    [
      "s1",
      "SELECT 1 + 2 AS a, 7 / 2 AS b, -7 / 2 AS c, -7 % 3 AS d, 3000000000 * 2 AS e, 'x' AS f, NULL AS g, true AS h",
    ],
    ["s1", "SELECT 1 / 0"],
    ["s1", "SELECT 9223372036854775807 + 1"],
    ["s1", "SELECT balance_minor * balance_minor * 1000000000000000 FROM wallets"],
    ["s1", "SELECT id FROM wallets WHERE id NOT IN ('a', NULL)"],
    ["s1", "SELECT id FROM wallets WHERE id NOT IN ('a', 'b') ORDER BY id"],
    ["s1", "SELECT id FROM wallets WHERE balance_minor BETWEEN 100 AND 200 ORDER BY id"],
    ["s1", "SELECT id FROM wallets WHERE NOT balance_minor > 100 OR id IS NULL ORDER BY id"],
    ["s1", "SELECT id FROM wallets WHERE balance_minor IS DISTINCT FROM 100 ORDER BY id"],
    ["s1", "SELECT id FROM wallets WHERE id = 1"],
    ["s1", "SELECT id FROM wallets WHERE balance_minor = 'x'"],
    ["s1", "SELECT id FROM wallets WHERE balance_minor"],
    ["s1", "SELECT id FROM wallets LIMIT -1"],
    ["s1", "SELECT id FROM wallets ORDER BY id LIMIT NULL OFFSET 2"],
    [
      "s1",
      "SELECT balance_minor::text, '12'::bigint, 12::text, true::text, '7'::integer + 1 FROM wallets WHERE id = 'a'",
    ],
    ["s1", "SELECT 3000000000::integer"],
    ["s1", "SELECT nothing FROM wallets"],
    ["s1", "SELECT w.nothing FROM wallets w"],
    ["s1", "SELECT x.id FROM wallets w"],
    ["s1", "SELECT id FROM nowhere"],
    ["s1", "SELECT id FROM wallets a JOIN wallets b ON a.id = b.id"],
    ["s1", "SELECT a.id FROM wallets a JOIN wallets a ON true"],
    ["s1", "SELECT $1"],
    ["s1", "SELECT $1", ["x"]],
    ["s1", "SELECT $1::bigint", ["x"]],
    ["s1", "SELECT $2", [1, 2]],
    ["s1", "SELECT $1 + $2", [1, 2]],
    ["s1", "SELECT $1 + 1 AS n", [2]],
    ["s1", "SELECT id FROM wallets WHERE id = $1", ["a", "b"]],
    ["s1", "SELECT id FROM wallets WHERE id = $1 OR balance_minor = $1", ["1"]],
    ["s1", "UPDATE wallets SET balance_minor = $1 WHERE id = $1", ["a"]],
    ["s1", "UPDATE wallets SET balance_minor = 1, balance_minor = 2"],
    ["s1", "UPDATE wallets SET nothing = 1"],
    ["s1", "UPDATE wallets SET currency = 5"],
    ["s1", "UPDATE wallets SET balance_minor = 'x'"],
    ["s1", "UPDATE wallets SET balance_minor = true"],
    ["s1", "INSERT INTO wallets (id, id) VALUES (1, 2)"],
    ["s1", "INSERT INTO wallets (id) VALUES (1, 2)"],
    ["s1", "INSERT INTO wallets (id, currency) VALUES ('z')"],
    ["s1", "INSERT INTO wallets (id) VALUES ('z'), ('y', 'x')"],
    ["s1", "INSERT INTO inbox VALUES ('x', 'y')"],
    ["s1", "INSERT INTO inbox VALUES ('x', 'y', 1) ON CONFLICT (topic) DO NOTHING"],
    ["s1", "DELETE FROM inbox WHERE event_id = 'none' RETURNING *"],
    ["s1", "INSERT INTO dead_letters VALUES ('t', 2147483648, 1, 'p', 'r', 1)"],
    [
      "s1",
      "INSERT INTO dead_letters VALUES ('t', 7, 1, 'a long text that goes on beyond the sixty-four bytes that a detail shows — it is clipped', NULL, 1)",
    ],
  ]),
];

/** Three wallets for the scripts. */
/** The tables that the scripts work on, with their rows. */
export const DIFFERENTIAL_SETUP = `
CREATE TABLE wallets (
  id text PRIMARY KEY,
  currency text NOT NULL,
  opening_minor bigint NOT NULL CHECK (opening_minor >= 0),
  balance_minor bigint NOT NULL CHECK (balance_minor >= 0),
  opened_at_ms bigint NOT NULL
);
CREATE TABLE external_funding (
  wallet_id text PRIMARY KEY REFERENCES wallets (id),
  currency text NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor >= 0)
);
CREATE TABLE ledger_entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payment_id text NOT NULL,
  wallet_id text NOT NULL REFERENCES wallets (id),
  direction text NOT NULL CHECK (direction IN ('debit', 'credit')),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency text NOT NULL,
  balance_after_minor bigint NOT NULL,
  posted_at_ms bigint NOT NULL,
  UNIQUE (payment_id, direction)
);
CREATE TABLE transfer_decisions (
  payment_id text PRIMARY KEY,
  outcome text NOT NULL CHECK (outcome IN ('completed', 'refused')),
  reason text,
  decided_at_ms bigint NOT NULL
);
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id text NOT NULL UNIQUE,
  topic text NOT NULL,
  message_key text NOT NULL,
  payload text NOT NULL,
  appended_at_ms bigint NOT NULL,
  sent_at_ms bigint
);
CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at_ms IS NULL;
CREATE TABLE inbox (
  event_id text PRIMARY KEY,
  topic text NOT NULL,
  claimed_at_ms bigint NOT NULL
);
CREATE TABLE dead_letters (
  topic text NOT NULL,
  partition_id integer NOT NULL,
  message_offset bigint NOT NULL,
  payload text NOT NULL,
  reason text NOT NULL,
  set_aside_at_ms bigint NOT NULL,
  PRIMARY KEY (topic, partition_id, message_offset)
);
INSERT INTO wallets VALUES ('a', 'OMR', 100, 100, 1), ('b', 'OMR', 200, 200, 1), ('c', 'USD', 50, 50, 1);
`;

function script(claim: string, steps: readonly ScriptStep[]): DifferentialScript {
  return { claim, steps };
}
