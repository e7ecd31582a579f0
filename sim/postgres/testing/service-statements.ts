import type { Parameter } from "../types/parameter.ts";
import type { DifferentialScript, ScriptStep } from "./differential-scripts.ts";

/** A statement with parameters that it accepts. */
export type ServiceStatement = readonly [sql: string, parameters: readonly Parameter[]];

function held(fence: string, leaseMs: string): string {
  return `held AS (UPDATE outbox_lease SET ends_at = clock_timestamp() + ${leaseMs}::bigint * interval '1 millisecond' WHERE fence = ${fence} RETURNING fence)`;
}

const OUTBOX_AND_INBOX: readonly ServiceStatement[] = [
  [
    "WITH appended AS (INSERT INTO outbox (event_id, topic, message_key, payload, appended_at_ms) SELECT event_id, topic, message_key, payload, at_ms FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]) WITH ORDINALITY AS event (event_id, topic, message_key, payload, at_ms, nr) ORDER BY nr RETURNING id) SELECT pg_notify('outbox', '') FROM appended LIMIT 1",
    [
      ["e9", "e8"],
      ["topic", "topic"],
      ["key", "other"],
      ["{}", "{}"],
      ["7", "8"],
    ],
  ],
  [
    "SELECT id, topic, message_key, payload, (SELECT holder FROM outbox_lease) AS holder, (SELECT fence FROM outbox_lease) AS fence, (SELECT extract(epoch FROM ends_at - clock_timestamp()) FROM outbox_lease) IS NULL AS is_unknown FROM outbox WHERE sent_at_ms IS NULL AND dead_at_ms IS NULL AND id >= (SELECT min(id) FROM outbox WHERE sent_at_ms IS NULL AND dead_at_ms IS NULL) AND message_key <> ALL (ARRAY(SELECT message_key FROM outbox WHERE sent_at_ms IS NULL AND dead_at_ms IS NOT NULL)) ORDER BY id LIMIT $1",
    [10],
  ],
  [
    "UPDATE outbox_lease SET holder = $1, fence = fence + 1, ends_at = clock_timestamp() + $3::bigint * interval '1 millisecond' WHERE fence = $2 AND (holder = $1 OR ends_at <= clock_timestamp()) RETURNING fence",
    ["relay", 0n, 60_000],
  ],
  [
    `WITH ${held("$3", "$4")} UPDATE outbox SET sent_at_ms = $2 FROM held WHERE id = ANY ($1::bigint[]) AND sent_at_ms IS NULL`,
    [["1", "2", 3, null], 8, 0n, 1_000],
  ],
  [
    `WITH ${held("$3", "$4")} UPDATE outbox SET sent_at_ms = $2 FROM held WHERE id = ANY ($1::bigint[]) AND sent_at_ms IS NULL`,
    [["1"], 8, 1n, 1_000],
  ],
  [
    `WITH ${held("$4", "$5")} UPDATE outbox SET attempts = attempts + 1, refusal = $2, dead_at_ms = CASE WHEN attempts + 1 >= $3 THEN $6::bigint ELSE NULL END FROM held WHERE id = $1 AND sent_at_ms IS NULL RETURNING attempts::text AS attempts, dead_at_ms`,
    [2n, "too large", 1, 1n, 1_000, 9],
  ],
  [`WITH ${held("$1", "$2")} SELECT fence FROM held`, [1n, 1_000]],
  [
    "SELECT id, event_id, topic, message_key, payload, refusal, attempts::text AS attempts, dead_at_ms FROM outbox WHERE dead_at_ms IS NOT NULL AND id > $1 ORDER BY id LIMIT $2",
    [0n, 10],
  ],
  [
    "WITH requeued AS (UPDATE outbox SET dead_at_ms = NULL, attempts = 0 WHERE dead_at_ms IS NOT NULL AND ($1::bigint[] IS NULL OR id = ANY ($1::bigint[])) RETURNING id) SELECT id, pg_notify('outbox', '') FROM requeued ORDER BY id",
    [["2"]],
  ],
  [
    "WITH purged AS (DELETE FROM outbox WHERE dead_at_ms IS NOT NULL AND ($1::bigint[] IS NULL OR id = ANY ($1::bigint[])) RETURNING id) SELECT id, pg_notify('outbox', '') FROM purged ORDER BY id",
    [null],
  ],
  [
    "SELECT count(*) AS pending, count(dead_at_ms) AS dead, min(appended_at_ms) AS oldest_ms FROM outbox WHERE sent_at_ms IS NULL",
    [],
  ],
  [
    "SELECT appended_at_ms FROM outbox WHERE sent_at_ms IS NULL AND dead_at_ms IS NULL AND message_key <> ALL (ARRAY( SELECT message_key FROM outbox WHERE sent_at_ms IS NULL AND dead_at_ms IS NOT NULL)) ORDER BY id LIMIT 1",
    [],
  ],
  [
    "UPDATE outbox_lease SET ends_at = clock_timestamp() WHERE holder = $1 AND ends_at > clock_timestamp()",
    ["relay"],
  ],
  [
    "DELETE FROM outbox WHERE id IN (SELECT id FROM (SELECT id, sent_at_ms FROM outbox WHERE sent_at_ms IS NOT NULL ORDER BY id LIMIT $2) AS oldest WHERE sent_at_ms < $1)",
    [9, 1_000],
  ],
  [
    "INSERT INTO inbox (event_id, topic, payment_id, claimed_at_ms) SELECT event_id, topic, payment_id, $4::bigint FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS claim (event_id, topic, payment_id, nr) ORDER BY event_id, nr ON CONFLICT (event_id) DO NOTHING RETURNING event_id",
    [["e1", "e0", "e1"], ["topic", "topic", "topic"], ["p1", "p0", "p2"], 7],
  ],
  [
    "SELECT event_id, topic, payment_id FROM inbox WHERE event_id = ANY ($1::text[])",
    [["e1", "e9"]],
  ],
  [
    "INSERT INTO dead_letters (topic, partition_id, message_offset, payload, reason, set_aside_at_ms) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (topic, partition_id, message_offset) DO NOTHING",
    ["topic", 1, "7", "payload", "reason", 9],
  ],
  [
    "SELECT topic, partition_id::text AS partition_id, message_offset, payload, reason, set_aside_at_ms FROM dead_letters WHERE (topic, dead_letters.partition_id, message_offset) > ($1, $2::integer, $3::bigint) ORDER BY topic, dead_letters.partition_id, message_offset LIMIT $4",
    ["", 0, "0", 10],
  ],
  [
    "SELECT topic, partition_id::text AS partition_id, message_offset, payload, reason, set_aside_at_ms FROM dead_letters WHERE topic = $1 AND dead_letters.partition_id = $2::integer AND message_offset = $3::bigint",
    ["topic", 1, "7"],
  ],
  [
    "UPDATE dead_letters SET reason = $4 WHERE topic = $1 AND dead_letters.partition_id = $2::integer AND message_offset = $3::bigint",
    ["topic", 1, "7", "another"],
  ],
  [
    "DELETE FROM dead_letters WHERE topic = $1 AND dead_letters.partition_id = $2::integer AND message_offset = $3::bigint",
    ["topic", 1, "8"],
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
        "WITH asked AS ( SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::bigint[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[]) WITH ORDINALITY AS asked (principal_id, idempotency_key, request_fingerprint, payment_id, sender_wallet_id, receiver_wallet_id, amount_minor, currency, reverses_payment_id, at_ms, ordered_by, ordered_as, sender_owner_id, receiver_owner_id, event_id, topic, message_key, payload, nr) ), claimed AS ( INSERT INTO idempotency_keys (principal_id, idempotency_key, request_fingerprint, payment_id) SELECT principal_id, idempotency_key, request_fingerprint, payment_id FROM asked ORDER BY principal_id, idempotency_key, nr ON CONFLICT (principal_id, idempotency_key) DO NOTHING RETURNING payment_id ), fresh AS ( SELECT * FROM asked WHERE payment_id IN (SELECT payment_id FROM claimed) ), recorded AS ( INSERT INTO payments (id, sender_wallet_id, receiver_wallet_id, amount_minor, currency, status, reverses_payment_id, accepted_at_ms, ordered_by, ordered_as, sender_owner_id, receiver_owner_id) SELECT payment_id, sender_wallet_id, receiver_wallet_id, amount_minor, currency, 'PENDING', reverses_payment_id, at_ms, ordered_by, ordered_as, sender_owner_id, receiver_owner_id FROM fresh ), appended AS ( INSERT INTO outbox (event_id, topic, message_key, payload, appended_at_ms) SELECT event_id, topic, message_key, payload, at_ms FROM fresh ORDER BY nr RETURNING id ) SELECT payment_id, (SELECT pg_notify('outbox', '') FROM appended LIMIT 1) AS woken FROM claimed",
        [
          ["anwar", "anwar", "anwar", "badria"],
          ["k1", "k2", "k1", "k1"],
          ["f", "f", "g", "g"],
          ["p1", "p2", "p4", "p3"],
          ["a", "a", "b", "c"],
          ["b", "b", "c", "a"],
          ["500", "1", "2", "3"],
          ["OMR", "OMR", "OMR", "KWD"],
          [null, null, null, null],
          ["7", "8", "8", "9"],
          ["anwar", "anwar", "anwar", "badria"],
          ["owner", "owner", "owner", "operator"],
          ["anwar", "anwar", "anwar", null],
          [null, null, null, "anwar"],
          ["c1", "c2", "c4", "c3"],
          ["payment.created", "payment.created", "payment.created", "payment.created"],
          ["p1", "p2", "p4", "p3"],
          ["{1}", "{2}", "{4}", "{3}"],
        ],
      ],
      ["SELECT event_id, message_key FROM outbox ORDER BY id", []],
      ["SELECT id, sender_owner_id FROM payments ORDER BY id", []],
      [
        "SELECT taken.principal_id, taken.idempotency_key, request_fingerprint, payment_id FROM unnest($1::text[], $2::text[]) AS asked (principal_id, idempotency_key) JOIN idempotency_keys AS taken ON taken.principal_id = asked.principal_id AND taken.idempotency_key = asked.idempotency_key",
        [["anwar"], ["k1"]],
      ],
      [
        "SELECT id, sender_wallet_id, receiver_wallet_id, amount_minor, currency, status, reason FROM payments WHERE id = $1",
        ["p1"],
      ],
      [
        "UPDATE payments SET status = verdict.status, reason = verdict.reason, settled_at_ms = $4, receiver_owner_id = coalesce(verdict.receiver_owner_id, payments.receiver_owner_id) FROM unnest($1::text[], $2::text[], $3::text[], $5::text[]) AS verdict (payment_id, status, reason, receiver_owner_id) WHERE payments.id = verdict.payment_id AND payments.status = 'PENDING' AND accepted_at_ms >= (SELECT min(accepted_at_ms) FROM payments WHERE status = 'PENDING') RETURNING payments.id",
        [
          ["p1", "p2"],
          ["FAILED", "COMPLETED"],
          ["insufficient balance", null],
          8,
          [null, "badria"],
        ],
      ],
      [
        "SELECT id FROM payments WHERE (sender_owner_id = $1 OR receiver_owner_id = $1) ORDER BY accepted_at_ms, id LIMIT $2",
        ["anwar", 50],
      ],
      ["SELECT id, status FROM payments WHERE id = ANY ($1::text[])", [["p1", "p2"]]],
      ...OUTBOX_AND_INBOX,
    ],
  },
  {
    database: "wallet",
    setup: [],
    statements: [
      [
        "INSERT INTO wallets (id, kind, currency, balance_minor, frozen, entry_count, last_entry_hash, opened_at_ms, owner_id) VALUES ($1, $2, $3, 0, false, 0, '', $4, $5) ON CONFLICT (id) DO NOTHING",
        ["a", "customer", "OMR", 7, "anwar"],
      ],
      [
        "INSERT INTO wallets (id, kind, currency, balance_minor, frozen, entry_count, last_entry_hash, opened_at_ms, owner_id) VALUES ($1, $2, $3, 0, false, 0, '', $4, $5) ON CONFLICT (id) DO NOTHING",
        ["b", "outside", "OMR", 7, null],
      ],
      [
        "INSERT INTO external_transfers (id, wallet_id, kind, amount_minor, currency, outcome, reason, made_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        ["x1", "a", "deposit", "10000", "OMR", "moved", null, 7],
      ],
      [
        "SELECT id, owner_id, currency, balance_minor, frozen, entry_count, last_entry_hash FROM wallets WHERE id = ANY ($1::text[]) AND kind = 'customer' ORDER BY id FOR UPDATE",
        [["b", "a"]],
      ],
      [
        "UPDATE wallets SET balance_minor = entry.balance_after_minor, entry_count = entry.position, last_entry_hash = entry.hash FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[]) AS entry (wallet_id, balance_after_minor, position, hash) WHERE wallets.id = entry.wallet_id",
        [["a"], ["9500"], ["1"], ["hash"]],
      ],
      [
        "UPDATE wallets SET frozen = $2 WHERE id = $1 AND kind = 'customer' RETURNING id, owner_id, currency, balance_minor, frozen, entry_count, last_entry_hash",
        ["a", true],
      ],
      [
        "INSERT INTO ledger_entries (payment_id, external_transfer_id, wallet_id, position, direction, amount_minor, currency, balance_after_minor, hash, posted_at_ms) SELECT payment_id, external_transfer_id, wallet_id, position, direction, amount_minor, currency, balance_after_minor, hash, posted_at_ms FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::bigint[], $9::text[], $10::bigint[]) WITH ORDINALITY AS entry (payment_id, external_transfer_id, wallet_id, position, direction, amount_minor, currency, balance_after_minor, hash, posted_at_ms, nr) ORDER BY nr",
        [
          ["p1", "p1"],
          [null, null],
          ["a", "b"],
          ["1", "1"],
          ["debit", "credit"],
          ["500", "500"],
          ["OMR", "OMR"],
          ["9500", "500"],
          ["hash", "hash"],
          ["8", "8"],
        ],
      ],
      [
        "SELECT payment_id, external_transfer_id, wallet_id, position, direction, amount_minor, currency, balance_after_minor, posted_at_ms, hash FROM ledger_entries WHERE wallet_id = $1 AND position > $2 ORDER BY position LIMIT $3",
        ["a", 0n, 5],
      ],
      [
        "INSERT INTO transfer_decisions (payment_id, outcome, reason, decided_at_ms) SELECT payment_id, CASE WHEN reason IS NULL THEN 'completed' ELSE 'refused' END, reason, $3::bigint FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS decision (payment_id, reason, nr) ORDER BY nr",
        [["p1", "p2"], [null, "same_wallet"], 8],
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
