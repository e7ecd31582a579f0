import {
  pendingAgain,
  PLANTED_BREAKS,
  unclaimed,
  type PlantedBreak,
} from "../faults/planted-breaks.ts";
import type { DayIds } from "./ordinary-day.ts";

const LONG_AGO = "1000000";
const LONGER_AGO = "100000000";

/** Every class of break, planted by itself on an ordinary day that nothing follows. */
export const BREAKS_AT_REST: readonly PlantedBreak<DayIds>[] = [
  ...PLANTED_BREAKS,
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
    name: "COMPLETED without entries",
    statements: ({ p4 }) => [
      ["payment", `UPDATE payments SET status = 'COMPLETED', settled_at_ms = 1 WHERE id = '${p4}'`],
    ],
    reports: ({ p4 }) => [`MISSING_LEDGER payment ${p4}`],
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
    statements: ({ p2, verdictOfP2: verdict }) => [
      pendingAgain(p2),
      unclaimed(verdict),
      ["wallet", `DELETE FROM outbox WHERE message_key = '${p2}'`],
    ],
    reports: ({ p2 }) => [`STUCK_WITHOUT_VERDICT payment ${p2}`],
  },
  {
    name: "refused, and the verdict unsent",
    statements: ({ p2, verdictOfP2: verdict }) => [
      pendingAgain(p2),
      unclaimed(verdict),
      ["wallet", `UPDATE outbox SET sent_at_ms = NULL WHERE message_key = '${p2}'`],
    ],
    reports: ({ p2 }) => [`STUCK_VERDICT_UNSENT payment ${p2}`],
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
