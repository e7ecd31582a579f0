import type { Parameter } from "../types/parameter.ts";
import type { DifferentialScript, ScriptStep } from "./differential-scripts.ts";

/** A statement with parameters that it accepts. */
export type ServiceStatement = readonly [sql: string, parameters: readonly Parameter[]];

const OUTBOX_AND_INBOX: readonly ServiceStatement[] = [
  [
    "INSERT INTO outbox (event_id, topic, message_key, payload, appended_at_ms) VALUES ($1, $2, $3, $4, $5)",
    ["e9", "topic", "key", "{}", 7],
  ],
  [
    "SELECT id, event_id, topic, message_key, payload FROM outbox WHERE sent_at_ms IS NULL ORDER BY id LIMIT $1",
    [10],
  ],
  [
    "UPDATE outbox SET sent_at_ms = $2 WHERE id = ANY ($1::bigint[]) AND sent_at_ms IS NULL",
    [["1", "2", 3, null], 8],
  ],
  [
    "INSERT INTO inbox (event_id, topic, claimed_at_ms) VALUES ($1, $2, $3) ON CONFLICT (event_id) DO NOTHING",
    ["e1", "topic", 7],
  ],
  [
    "INSERT INTO dead_letters (topic, partition_id, message_offset, payload, reason, set_aside_at_ms) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (topic, partition_id, message_offset) DO NOTHING",
    ["topic", 1, "7", "payload", "reason", 9],
  ],
  [
    "SELECT topic, partition_id, message_offset FROM dead_letters ORDER BY topic, partition_id, message_offset",
    [],
  ],
  ["SELECT count(*) FROM outbox WHERE sent_at_ms IS NULL", []],
];

/** The statements of the two services, with rows to try them on. */
export const SERVICE_STATEMENTS: readonly {
  readonly database: "payment" | "wallet";
  readonly setup: readonly string[];
  readonly statements: readonly ServiceStatement[];
}[] = [
  {
    database: "payment",
    setup: [
      "CREATE TABLE IF NOT EXISTS schema_migrations (version text PRIMARY KEY, checksum text NOT NULL, applied_at_ms bigint NOT NULL)",
    ],
    statements: [
      ["SELECT version, checksum FROM schema_migrations ORDER BY version", []],
      [
        "INSERT INTO schema_migrations (version, checksum, applied_at_ms) VALUES ($1, $2, $3)",
        ["0001", "c", 7],
      ],
      ["SELECT pg_advisory_xact_lock($1)", [42]],
      [
        "INSERT INTO payments (id, sender_wallet_id, receiver_wallet_id, amount_minor, currency, status, accepted_at_ms) VALUES ($1, $2, $3, $4, $5, 'PENDING', $6)",
        ["p1", "a", "b", 500n, "OMR", 7],
      ],
      [
        "INSERT INTO idempotency_keys (idempotency_key, request_fingerprint, payment_id) VALUES ($1, $2, $3) ON CONFLICT (idempotency_key) DO NOTHING",
        ["k1", "f", "p1"],
      ],
      [
        "SELECT k.request_fingerprint, k.payment_id, p.status FROM idempotency_keys k JOIN payments p ON p.id = k.payment_id WHERE k.idempotency_key = $1",
        ["k1"],
      ],
      [
        "SELECT id, sender_wallet_id, receiver_wallet_id, amount_minor, currency, status, reason FROM payments WHERE id = $1",
        ["p1"],
      ],
      [
        "UPDATE payments SET status = $2, reason = $3, settled_at_ms = $4 WHERE id = $1 AND status = 'PENDING'",
        ["p1", "FAILED", "insufficient balance", 8],
      ],
      ["SELECT status FROM payments WHERE id = $1", ["p1"]],
      ...OUTBOX_AND_INBOX,
    ],
  },
  {
    database: "wallet",
    setup: [],
    statements: [
      [
        "INSERT INTO wallets (id, kind, currency, balance_minor, frozen, entry_count, last_entry_hash, opened_at_ms) VALUES ($1, $2, $3, 0, false, 0, '', $4) ON CONFLICT (id) DO NOTHING",
        ["a", "customer", "OMR", 7],
      ],
      [
        "INSERT INTO wallets (id, kind, currency, balance_minor, frozen, entry_count, last_entry_hash, opened_at_ms) VALUES ($1, $2, $3, 0, false, 0, '', $4) ON CONFLICT (id) DO NOTHING",
        ["b", "outside", "OMR", 7],
      ],
      [
        "INSERT INTO external_transfers (id, wallet_id, kind, amount_minor, currency, outcome, reason, made_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        ["x1", "a", "deposit", "10000", "OMR", "moved", null, 7],
      ],
      [
        "SELECT id, currency, balance_minor, frozen, entry_count, last_entry_hash FROM wallets WHERE id = ANY ($1::text[]) AND kind = 'customer' ORDER BY id FOR UPDATE",
        [["b", "a"]],
      ],
      [
        "UPDATE wallets SET balance_minor = $2, entry_count = $3, last_entry_hash = $4 WHERE id = $1",
        ["a", "9500", 1n, "hash"],
      ],
      [
        "UPDATE wallets SET frozen = $2 WHERE id = $1 AND kind = 'customer' RETURNING id, currency, balance_minor, frozen, entry_count, last_entry_hash",
        ["a", true],
      ],
      [
        "INSERT INTO ledger_entries (payment_id, external_transfer_id, amount_minor, currency, posted_at_ms, wallet_id, position, direction, balance_after_minor, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, 'debit', $8, $9), ($1, $2, $3, $4, $5, $10, $11, 'credit', $12, $13)",
        ["p1", null, 500n, "OMR", 8, "a", 1n, "9500", "hash", "b", 1n, "500", "hash"],
      ],
      [
        "SELECT payment_id, external_transfer_id, wallet_id, position, direction, amount_minor, currency, balance_after_minor, posted_at_ms, hash FROM ledger_entries WHERE wallet_id = $1 AND position > $2 ORDER BY position LIMIT $3",
        ["a", 0n, 5],
      ],
      ["SELECT outcome FROM transfer_decisions WHERE payment_id = $1", ["p1"]],
      [
        "INSERT INTO transfer_decisions (payment_id, outcome, reason, decided_at_ms) VALUES ($1, $2, $3, $4)",
        ["p1", "completed", null, 8],
      ],
      ...OUTBOX_AND_INBOX,
    ],
  },
];

const OTHER_VALUES: readonly Parameter[] = [
  null,
  "",
  "abc",
  " 12 ",
  "-5",
  "9223372036854775808",
  2_147_483_648,
  1.5,
  true,
  "a\0b",
];

/**
 * Every statement as it should be sent, and then once for each parameter replaced by each odd
 * value.
 */
export function badParameterScript(statements: readonly ServiceStatement[]): DifferentialScript {
  const good: ScriptStep[] = statements.map(([sql, parameters]) => ["s1", sql, parameters]);
  const bad = statements.flatMap(([sql, parameters]) => {
    const variants = parameters.flatMap((_, at) =>
      OTHER_VALUES.map((other): ScriptStep => {
        const isList = typeof parameters[at] === "object" && parameters[at] !== null;
        return ["s1", sql, parameters.with(at, isList && other !== null ? ["1", other] : other)];
      }),
    );
    const missing: ScriptStep[] = parameters.length < 2 ? [] : [["s1", sql, parameters.slice(1)]];
    const extra: ScriptStep = ["s1", sql, [...parameters, "extra"]];
    return [...variants, ...missing, extra];
  });
  return { claim: "statements of a service", steps: [...good, ...good, ...bad, ...good] };
}
