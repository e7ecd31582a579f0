import type { DifferentialScript, ScriptStep } from "./differential-scripts.ts";

const WALLET_ROWS =
  "INSERT INTO wallets VALUES ('a', 'OMR', 100, 100, 1), ('b', 'OMR', 200, 200, 1), ('c', 'USD', 50, 50, 1)";
const OUTBOX_ROWS =
  "INSERT INTO outbox (event_id, topic, message_key, payload, appended_at_ms) VALUES ('e1', 't', 'k', 'p', 1), ('e2', 't', 'k', 'p', 1)";
const EVERYTHING = "SELECT id, currency, opening_minor, balance_minor FROM wallets ORDER BY id";

/**
 * EvalPlanQual, upserts and data-modifying WITH over several sessions: what becomes of a query's
 * rows when another transaction changes one of them meanwhile. Run after `DIFFERENTIAL_SETUP`.
 */
export const QUERY_SCRIPTS: readonly DifferentialScript[] = [
  meanwhile(
    "a row lock over a join takes the newest version, the other table's row as it was found",
    ["UPDATE wallets SET balance_minor = 7 WHERE id = 'a'"],
    `SELECT w.id, w.balance_minor, o.balance_minor AS other FROM wallets w
       JOIN wallets o ON o.opening_minor = w.opening_minor WHERE w.id = 'a' FOR UPDATE OF w`,
  ),
  meanwhile(
    "a row lock over a join loses the pair that does not match any more",
    ["UPDATE wallets SET opening_minor = 77 WHERE id = 'a'"],
    `SELECT w.id, f.amount FROM wallets w
       JOIN (VALUES (100, 1), (200, 2)) AS f (opening, amount) ON f.opening = w.opening_minor
       WHERE w.id <> 'c' ORDER BY w.id FOR UPDATE OF w`,
  ),
  meanwhile(
    "a left join whose match is gone keeps its left row",
    ["UPDATE wallets SET currency = 'EUR' WHERE id = 'a'"],
    `SELECT w.id, w.currency, r.rate FROM wallets w
       LEFT JOIN (VALUES ('OMR', 1), ('USD', 2)) AS r (currency, rate) ON r.currency = w.currency
       ORDER BY w.id FOR UPDATE OF w`,
  ),
  meanwhile(
    "a row lock over a sub-select asks its conditions and those around it again",
    ["UPDATE wallets SET balance_minor = 7 WHERE id = 'a'"],
    `SELECT s.id FROM (SELECT id, balance_minor AS b FROM wallets WHERE currency = 'OMR') s
       WHERE s.b >= 100 ORDER BY s.id FOR UPDATE`,
  ),
  meanwhile(
    "a sub-select with LIMIT locks its own rows",
    ["UPDATE wallets SET balance_minor = 7 WHERE id = 'a'"],
    `SELECT s.id, s.b FROM (SELECT id, balance_minor AS b FROM wallets ORDER BY id LIMIT 2) s
       WHERE s.b >= 7 FOR UPDATE`,
  ),
  meanwhile(
    "a row lock asks EXISTS again, over the newest version of its own row",
    ["UPDATE wallets SET opening_minor = 200 WHERE id = 'a'"],
    `SELECT w.id, w.opening_minor FROM wallets w WHERE EXISTS
       (SELECT 1 FROM wallets o WHERE o.opening_minor = w.opening_minor AND o.id <> w.id)
       OR w.id = 'a' ORDER BY w.id FOR UPDATE OF w`,
  ),
  meanwhile(
    "UPDATE ... FROM goes on with the newest version and the row of FROM that it was found with",
    ["UPDATE wallets SET balance_minor = balance_minor + 5 WHERE id IN ('a', 'b')"],
    `UPDATE wallets w SET balance_minor = w.balance_minor + o.balance_minor FROM wallets o
       WHERE o.id = 'c' AND w.id = 'a' RETURNING w.id, w.balance_minor, o.balance_minor AS other`,
  ),
  meanwhile(
    "UPDATE ... FROM passes a row over that does not match any more",
    ["UPDATE wallets SET currency = 'EUR' WHERE id = 'a'"],
    `UPDATE wallets w SET balance_minor = 1 FROM (VALUES ('OMR'), ('USD')) AS c (code)
       WHERE c.code = w.currency AND w.id IN ('a', 'c') RETURNING w.id`,
  ),
  meanwhile(
    "UPDATE of several columns from a sub-select computes them again",
    ["UPDATE wallets SET balance_minor = 7 WHERE id = 'a'"],
    `UPDATE wallets SET (opening_minor, balance_minor) = (SELECT wallets.balance_minor, 9)
       WHERE id = 'a' RETURNING id, opening_minor, balance_minor`,
  ),
  meanwhile(
    "DELETE ... USING takes what still matches",
    ["UPDATE wallets SET opening_minor = 1 WHERE id = 'a'"],
    `DELETE FROM wallets w USING (VALUES (100), (50)) AS v (opening)
       WHERE w.opening_minor = v.opening RETURNING w.id`,
  ),
  meanwhile(
    "DELETE waits for one who deletes the same row",
    ["DELETE FROM wallets WHERE id = 'a'"],
    "DELETE FROM wallets WHERE id = 'a' RETURNING id",
  ),
  meanwhile(
    "a claim by WITH and UPDATE leaves out what another has claimed",
    [
      OUTBOX_ROWS,
      `WITH c AS (SELECT id FROM outbox WHERE sent_at_ms IS NULL ORDER BY id LIMIT 1
         FOR UPDATE SKIP LOCKED)
         UPDATE outbox SET sent_at_ms = 1 FROM c WHERE outbox.id = c.id RETURNING outbox.event_id`,
    ],
    `WITH c AS (SELECT id FROM outbox WHERE sent_at_ms IS NULL ORDER BY id LIMIT 1
       FOR UPDATE SKIP LOCKED)
       UPDATE outbox SET sent_at_ms = 2 FROM c WHERE outbox.id = c.id RETURNING outbox.event_id`,
  ),
  meanwhile(
    "a claim without SKIP LOCKED waits, and loses what was claimed meanwhile",
    ["UPDATE wallets SET balance_minor = 0 WHERE id = 'a'"],
    `WITH c AS (SELECT id FROM wallets WHERE balance_minor > 0 ORDER BY id LIMIT 1 FOR UPDATE)
       UPDATE wallets SET opening_minor = 1 FROM c WHERE wallets.id = c.id RETURNING wallets.id`,
  ),
  meanwhile(
    "an upsert waits for the inserter and then updates its row",
    ["INSERT INTO wallets VALUES ('z', 'OMR', 1, 1, 1)"],
    `INSERT INTO wallets VALUES ('z', 'OMR', 5, 5, 1) ON CONFLICT (id)
       DO UPDATE SET balance_minor = wallets.balance_minor + excluded.balance_minor
       RETURNING id, balance_minor`,
  ),
  meanwhile(
    "an upsert looks at its WHERE with the newest version",
    ["UPDATE wallets SET balance_minor = 7 WHERE id = 'a'"],
    `INSERT INTO wallets VALUES ('a', 'OMR', 5, 5, 1) ON CONFLICT (id)
       DO UPDATE SET balance_minor = 1 WHERE wallets.balance_minor > 50 RETURNING id`,
  ),
  meanwhile(
    "an upsert inserts when the row in its way was deleted",
    ["DELETE FROM wallets WHERE id = 'c'"],
    `INSERT INTO wallets VALUES ('c', 'OMR', 5, 5, 1) ON CONFLICT (id)
       DO UPDATE SET balance_minor = 1 RETURNING id, balance_minor`,
  ),
  meanwhile(
    "a change inside WITH and the query around it see one snapshot",
    ["UPDATE wallets SET balance_minor = 7 WHERE id = 'a'"],
    `WITH u AS (UPDATE wallets SET balance_minor = balance_minor + 1 RETURNING id, balance_minor)
       SELECT w.id, w.balance_minor AS seen, u.balance_minor AS now
       FROM wallets w JOIN u ON u.id = w.id ORDER BY w.id`,
  ),
  meanwhile(
    "INSERT ... SELECT of rows that another changes reads what was committed",
    ["UPDATE wallets SET balance_minor = 7 WHERE id = 'a'"],
    `INSERT INTO inbox SELECT id, currency, balance_minor FROM wallets WHERE id <> 'b'
       RETURNING event_id, claimed_at_ms`,
  ),
];

/** One session changes rows and commits while another's query waits for it, or passes by. */
function meanwhile(claim: string, changes: readonly string[], query: string): DifferentialScript {
  const [last, ...before] = [...changes].toReversed();
  const steps: ScriptStep[] = before.toReversed().map((sql) => ["s1", sql]);
  for (const begin of ["BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ"]) {
    steps.push(["s1", "BEGIN"], ["s1", last ?? "SELECT 1"], ["s2", begin], ["s2", query]);
    steps.push(["s1", "COMMIT"], ["s2", EVERYTHING], ["s2", "ROLLBACK"]);
    steps.push(["s1", "DELETE FROM wallets"], ["s1", "DELETE FROM outbox"], ["s1", WALLET_ROWS]);
    steps.push(...before.toReversed().map((sql): ScriptStep => ["s1", sql]));
  }
  return { claim, steps };
}
