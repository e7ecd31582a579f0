import type { Draws } from "../draws.ts";

/**
 * Statements of a schedule. `$a` and `$b` stand for the id of an account or a claim, `$c` for a
 * code, `$n` for a small number. One with `ORDER BY` has a total order.
 */
export const STATEMENT_TEMPLATES: readonly string[] = [
  "SELECT id, bal, owner FROM acc ORDER BY id",
  "SELECT id, bal FROM acc WHERE id = $a",
  "SELECT sum(bal) FROM acc",
  "SELECT e.id, a.bal FROM entry e JOIN acc a ON a.id = e.acc_id ORDER BY e.id, a.id",
  "SELECT id, code, n FROM claim ORDER BY id",
  "SELECT id, bal FROM acc WHERE id = $a FOR UPDATE",
  "SELECT id, bal FROM acc WHERE id = $a FOR NO KEY UPDATE",
  "SELECT id, bal FROM acc WHERE id = $a FOR SHARE",
  "SELECT id, bal FROM acc WHERE id = $a FOR KEY SHARE",
  "SELECT id, bal FROM acc WHERE id IN ($a, $b) ORDER BY id FOR UPDATE",
  "SELECT id, bal FROM acc WHERE bal >= 50 ORDER BY id FOR UPDATE",
  "SELECT id FROM acc WHERE id = $a FOR UPDATE NOWAIT",
  "SELECT id FROM acc WHERE id = $a FOR SHARE NOWAIT",
  "SELECT id FROM acc ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED",
  "SELECT id FROM outbox WHERE sent IS NULL ORDER BY id LIMIT 2 FOR UPDATE SKIP LOCKED",
  "SELECT e.id, a.id FROM entry e JOIN acc a ON a.id = e.acc_id WHERE a.id = $a ORDER BY e.id FOR UPDATE",
  "SELECT e.id, a.id FROM entry e JOIN acc a ON a.id = e.acc_id ORDER BY e.id FOR UPDATE OF e SKIP LOCKED",
  "SELECT a.id FROM acc a LEFT JOIN entry e ON e.acc_id = a.id WHERE a.id = $a ORDER BY e.id FOR SHARE OF a",
  "SELECT * FROM (SELECT id, bal FROM acc WHERE id = $a FOR UPDATE) s",
  "UPDATE acc SET bal = bal + $n WHERE id = $a",
  "UPDATE acc SET bal = bal - 60 WHERE id = $a AND bal >= 60 RETURNING bal",
  "UPDATE acc SET bal = bal - 40 WHERE id = $a",
  "UPDATE acc SET bal = bal + 1 WHERE bal < 100 RETURNING id",
  "UPDATE acc SET id = $b WHERE id = $a",
  "UPDATE acc SET owner = 'x$n' WHERE id = $a RETURNING id, owner",
  "UPDATE acc SET owner = 'y' WHERE id IN ($a, $b) AND owner <> 'y' RETURNING id",
  "UPDATE acc SET bal = acc.bal + e.amount FROM entry e WHERE e.acc_id = acc.id AND acc.id = $a",
  "UPDATE acc SET bal = bal + (SELECT count(*) FROM entry WHERE acc_id = acc.id) WHERE id = $a",
  "UPDATE acc SET bal = bal + 1 WHERE EXISTS (SELECT 1 FROM entry e WHERE e.acc_id = acc.id AND e.amount > 1)",
  "DELETE FROM acc WHERE id = $a RETURNING id",
  "DELETE FROM acc USING entry e WHERE e.acc_id = acc.id AND e.id = $a",
  "INSERT INTO acc (id, bal, owner) VALUES ($a, 10, 'o$n')",
  "INSERT INTO acc (id, bal, owner) VALUES ($a, 10, NULL) ON CONFLICT (id) DO NOTHING",
  "INSERT INTO acc (id, bal, owner) VALUES ($a, 10, NULL) ON CONFLICT (id) DO UPDATE SET bal = acc.bal + excluded.bal RETURNING bal",
  "INSERT INTO acc (id, bal, owner) VALUES ($a, 1, NULL), ($b, 1, NULL) ON CONFLICT (id) DO UPDATE SET bal = 7 WHERE acc.bal > 60",
  "INSERT INTO claim (id, code, n) VALUES ($a, '$c', $n)",
  "INSERT INTO claim (id, code, n) VALUES ($a, '$c', $n) ON CONFLICT DO NOTHING RETURNING id",
  "INSERT INTO claim (id, code, n) VALUES ($a, '$c', $n) ON CONFLICT (id) DO UPDATE SET n = claim.n + 1 RETURNING id, n",
  "INSERT INTO claim (id, code, n) SELECT id + 1, code || 'x', n + 5 FROM claim WHERE id = $a",
  "UPDATE claim SET code = '$c' WHERE id = $a",
  "UPDATE claim SET n = n + 1 WHERE code = '$c' RETURNING id, n",
  "DELETE FROM claim WHERE code = '$c'",
  "DELETE FROM claim WHERE id = $a",
  "INSERT INTO entry VALUES ($n, $a, $n)",
  "INSERT INTO entry VALUES ($n, $a, 1) ON CONFLICT DO NOTHING",
  "UPDATE entry SET acc_id = $a WHERE id = $b",
  "UPDATE entry SET amount = amount + 1 WHERE acc_id = $a",
  "DELETE FROM entry WHERE acc_id = $a",
  "INSERT INTO outbox (body) VALUES ('n') RETURNING id",
  "UPDATE outbox SET sent = 1 WHERE id = $a AND sent IS NULL",
  "DELETE FROM outbox WHERE id = $a",
  "WITH c AS (SELECT id FROM outbox WHERE sent IS NULL ORDER BY id LIMIT 2 FOR UPDATE SKIP LOCKED) UPDATE outbox SET sent = 2 FROM c WHERE outbox.id = c.id RETURNING outbox.id",
  "UPDATE outbox SET sent = 3 WHERE id IN (SELECT id FROM outbox WHERE sent IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id",
  "WITH d AS (DELETE FROM outbox WHERE id = $a RETURNING body) INSERT INTO outbox (body) SELECT body FROM d RETURNING id",
  "WITH u AS (UPDATE acc SET bal = bal - 1 WHERE id = $a AND bal > 0 RETURNING id) INSERT INTO entry SELECT 9, id, 1 FROM u",
  "SELECT pg_advisory_xact_lock($n)",
  "SELECT pg_try_advisory_xact_lock($n)",
  "SELECT pg_advisory_lock($n)",
  "SELECT pg_advisory_unlock($n)",
  "SAVEPOINT a",
  "SAVEPOINT b",
  "ROLLBACK TO a",
  "ROLLBACK TO b",
  "RELEASE a",
  "LOCK TABLE acc IN SHARE ROW EXCLUSIVE MODE",
  "LOCK TABLE claim IN SHARE MODE",
  "LOCK TABLE entry IN ACCESS EXCLUSIVE MODE NOWAIT",
  "CREATE INDEX ON entry (amount)",
  "ALTER TABLE outbox ADD COLUMN extra int",
  "TRUNCATE entry",
  "SELECT 1/0",
];

/** A template with its places filled. */
export function fillTemplate(template: string, draws: Draws): string {
  return template
    .replaceAll("$a", () => String(1 + draws.below(4)))
    .replaceAll("$b", () => String(1 + draws.below(5)))
    .replaceAll("$c", () => `c${1 + draws.below(3)}`)
    .replaceAll("$n", () => String(1 + draws.below(4)));
}
