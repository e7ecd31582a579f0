import type { PaymentIds } from "./ordinary-day.ts";

/** What somebody, or a defect, does to the databases of an ordinary day. */
export interface PlantedBreak {
  readonly name: string;
  /** Run one after the other, each on a service's database. */
  readonly statements: (ids: PaymentIds) => readonly (readonly ["payment" | "wallet", string])[];
  /** Exactly what reconciliation has to report: the class and the subject, in any order. */
  readonly reports: (ids: PaymentIds) => readonly string[];
}

const LONG_AGO = "1000000";
const LONGER_AGO = "100000000";

/** Every class of break, planted by itself. */
export const PLANTED_BREAKS: readonly PlantedBreak[] = [
  {
    name: "a credit that is gone",
    statements: ({ p1 }) => [
      ["wallet", `DELETE FROM ledger_entries WHERE payment_id = '${p1}' AND direction = 'credit'`],
    ],
    // The chain of the account that lost it says so, too.
    reports: ({ p1 }) => [`UNBALANCED payment ${p1}`, "TAMPER account fatma"],
  },
  {
    name: "a payment posted twice",
    statements: ({ p1 }) => [
      [
        "wallet",
        "ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_payment_id_direction_key",
      ],
      [
        "wallet",
        `INSERT INTO ledger_entries (payment_id, wallet_id, position, direction, amount_minor, currency, balance_after_minor, posted_at_ms, hash)
         SELECT payment_id, wallet_id, position + 1000, direction, amount_minor, currency, balance_after_minor, posted_at_ms, hash
         FROM ledger_entries WHERE payment_id = '${p1}'`,
      ],
    ],
    // Whoever posts past the service leaves a gap in the chains, too.
    reports: ({ p1 }) => [
      `DUPLICATE_ENTRY payment ${p1}`,
      "TAMPER account fatma",
      "TAMPER account salim",
    ],
  },
  {
    name: "a balance that somebody raised",
    statements: () => [
      ["wallet", "UPDATE wallets SET balance_minor = balance_minor + 1 WHERE id = 'salim'"],
    ],
    reports: () => ["BALANCE_DRIFT account salim", "CONSERVATION currency OMR"],
  },
  {
    name: "two balances that somebody changed so that their sum is the same",
    statements: () => [
      ["wallet", "UPDATE wallets SET balance_minor = balance_minor + 1 WHERE id = 'salim'"],
      ["wallet", "UPDATE wallets SET balance_minor = balance_minor - 1 WHERE id = 'khalid'"],
    ],
    reports: () => ["BALANCE_DRIFT account khalid", "BALANCE_DRIFT account salim"],
  },
  {
    name: "money that came in and is written down nowhere",
    statements: () => [
      ["wallet", "DELETE FROM idempotency_keys"],
      ["wallet", "UPDATE external_transfers SET outcome = 'refused' WHERE kind = 'deposit'"],
    ],
    reports: () => ["CONSERVATION external transfer *"],
  },
  {
    name: "money that is written down and never came in",
    statements: () => [
      [
        "wallet",
        "INSERT INTO external_transfers (id, wallet_id, kind, amount_minor, currency, outcome, made_at_ms) VALUES ('x', 'salim', 'deposit', 1, 'OMR', 'moved', 1)",
      ],
    ],
    reports: () => ["CONSERVATION external transfer x"],
  },
  {
    name: "COMPLETED without entries",
    statements: ({ p4 }) => [
      ["payment", `UPDATE payments SET status = 'COMPLETED', settled_at_ms = 1 WHERE id = '${p4}'`],
    ],
    reports: ({ p4 }) => [`MISSING_LEDGER payment ${p4}`],
  },
  {
    name: "a payment that is gone from the payment service",
    statements: ({ p3 }) => [["payment", `DELETE FROM payments WHERE id = '${p3}'`]],
    reports: ({ p3 }) => [`ORPHAN_LEDGER payment ${p3}`],
  },
  {
    name: "money that has moved, and a verdict that was sent and not applied",
    statements: ({ p3 }) => [
      [
        "payment",
        `UPDATE payments SET status = 'PENDING', settled_at_ms = NULL, accepted_at_ms = accepted_at_ms - ${LONG_AGO} WHERE id = '${p3}'`,
      ],
      ["payment", "DELETE FROM inbox WHERE topic = 'payment.completed'"],
    ],
    reports: ({ p1, p3, r1 }) => [
      `STATUS_BEHIND payment ${p3}`,
      // Their verdicts were applied, and the claims went with it.
      `INBOX_GAP payment ${p1}`,
      `INBOX_GAP payment ${r1}`,
    ],
  },
  {
    name: "FAILED, and the money has moved",
    statements: ({ p3 }) => [
      [
        "payment",
        `UPDATE payments SET status = 'FAILED', reason = 'insufficient_balance' WHERE id = '${p3}'`,
      ],
    ],
    reports: ({ p3 }) => [`FAILED_BUT_MOVED payment ${p3}`],
  },
  {
    name: "FAILED, and nobody refused it",
    statements: ({ p4 }) => [
      [
        "payment",
        `UPDATE payments SET status = 'FAILED', reason = 'insufficient_balance', settled_at_ms = 1 WHERE id = '${p4}'`,
      ],
    ],
    reports: ({ p4 }) => [`FAILED_UNREFUSED payment ${p4}`],
  },
  {
    name: "an amount that is another in the payment's row",
    statements: ({ p3 }) => [
      ["payment", `UPDATE payments SET amount_minor = amount_minor + 1 WHERE id = '${p3}'`],
      [
        "payment",
        `UPDATE idempotency_keys SET request_fingerprint = replace(request_fingerprint, '"1.000"', '"1.001"') WHERE payment_id = '${p3}'`,
      ],
    ],
    reports: ({ p3 }) => [`AMOUNT_MISMATCH payment ${p3}`],
  },
  {
    name: "a receiver that is another in the payment's row",
    statements: ({ p3 }) => [
      ["payment", `UPDATE payments SET receiver_wallet_id = 'salim' WHERE id = '${p3}'`],
      [
        "payment",
        `UPDATE idempotency_keys SET request_fingerprint = replace(request_fingerprint, 'khalid', 'salim') WHERE payment_id = '${p3}'`,
      ],
    ],
    reports: ({ p3 }) => [`PARTY_MISMATCH payment ${p3}`],
  },
  {
    name: "PENDING for long, without an event",
    statements: ({ p4 }) => [
      older(p4, LONG_AGO),
      ["payment", `DELETE FROM outbox WHERE message_key = '${p4}'`],
    ],
    reports: ({ p4 }) => [`STUCK_WITHOUT_EVENT payment ${p4}`],
  },
  {
    name: "PENDING for long, its event unsent",
    statements: ({ p4 }) => [older(p4, LONG_AGO)],
    reports: ({ p4 }) => [`STUCK_UNSENT payment ${p4}`],
  },
  {
    name: "PENDING for long, its event sent and not taken in",
    statements: ({ p4 }) => [older(p4, LONG_AGO), sent(p4, LONG_AGO)],
    reports: ({ p4 }) => [`STUCK_UNCONSUMED payment ${p4}`],
  },
  {
    name: "PENDING for very long, its event sent and not taken in",
    statements: ({ p4 }) => [older(p4, LONGER_AGO), sent(p4, LONGER_AGO)],
    reports: ({ p4 }) => [`LOST_EVENT payment ${p4}`],
  },
  {
    name: "refused, and no event says so",
    statements: ({ p2 }) => [
      pendingAgain(p2),
      ["payment", "DELETE FROM inbox WHERE topic = 'payment.failed'"],
      ["wallet", `DELETE FROM outbox WHERE message_key = '${p2}'`],
    ],
    reports: ({ p2 }) => [`STUCK_WITHOUT_VERDICT payment ${p2}`],
  },
  {
    name: "refused, and the verdict unsent",
    statements: ({ p2 }) => [
      pendingAgain(p2),
      ["payment", "DELETE FROM inbox WHERE topic = 'payment.failed'"],
      ["wallet", `UPDATE outbox SET sent_at_ms = NULL WHERE message_key = '${p2}'`],
    ],
    reports: ({ p2 }) => [`STUCK_VERDICT_UNSENT payment ${p2}`],
  },
  {
    name: "refused, and the verdict sent and not applied",
    statements: ({ p2 }) => [
      pendingAgain(p2),
      ["payment", "DELETE FROM inbox WHERE topic = 'payment.failed'"],
    ],
    reports: ({ p2 }) => [`STUCK_VERDICT_UNAPPLIED payment ${p2}`],
  },
  {
    name: "an event of a payment that is over, unsent for long",
    statements: ({ p3 }) => [
      [
        "wallet",
        `UPDATE outbox SET sent_at_ms = NULL, appended_at_ms = appended_at_ms - ${LONG_AGO} WHERE message_key = '${p3}'`,
      ],
    ],
    reports: ({ p3 }) => [`OUTBOX_AGED payment ${p3}`],
  },
  {
    name: "a message that was set aside",
    statements: () => [
      ["wallet", "INSERT INTO dead_letters VALUES ('payment.created', 1, 7, 'x', 'not JSON', 1)"],
    ],
    reports: () => ["DEAD_LETTER message payment.created/1/7 of wallet"],
  },
  {
    name: "a decision without its claim",
    statements: ({ createdOfP3: created }) => [
      ["wallet", `DELETE FROM inbox WHERE event_id = '${created}'`],
    ],
    reports: ({ p3 }) => [`INBOX_GAP payment ${p3}`],
  },
  {
    name: "a second key for a payment",
    statements: ({ p3 }) => [
      ["payment", `INSERT INTO idempotency_keys VALUES ('k', '[]', '${p3}')`],
      ["payment", `UPDATE payments SET written_in = pg_current_xact_id() WHERE id = '${p3}'`],
    ],
    reports: ({ p3 }) => [`DUPLICATE_REQUEST payment ${p3}`],
  },
  {
    name: "a key that was claimed for something else",
    statements: ({ p3 }) => [
      [
        "payment",
        `UPDATE idempotency_keys SET request_fingerprint = '["other"]' WHERE payment_id = '${p3}'`,
      ],
    ],
    reports: ({ p3 }) => [`DUPLICATE_REQUEST payment ${p3}`],
  },
  {
    name: "an entry whose time somebody changed",
    statements: ({ p3 }) => [
      [
        "wallet",
        `UPDATE ledger_entries SET posted_at_ms = posted_at_ms + 1 WHERE payment_id = '${p3}' AND direction = 'debit'`,
      ],
    ],
    reports: () => ["TAMPER account fatma"],
  },
];

function older(paymentId: string, byMs: string): readonly ["payment", string] {
  return [
    "payment",
    `UPDATE payments SET accepted_at_ms = accepted_at_ms - ${byMs} WHERE id = '${paymentId}'`,
  ];
}

function sent(paymentId: string, agoMs: string): readonly ["payment", string] {
  return [
    "payment",
    `UPDATE outbox SET sent_at_ms = appended_at_ms - ${agoMs} WHERE message_key = '${paymentId}'`,
  ];
}

function pendingAgain(paymentId: string): readonly ["payment", string] {
  return [
    "payment",
    `UPDATE payments SET status = 'PENDING', reason = NULL, settled_at_ms = NULL, accepted_at_ms = accepted_at_ms - ${LONG_AGO} WHERE id = '${paymentId}'`,
  ];
}
