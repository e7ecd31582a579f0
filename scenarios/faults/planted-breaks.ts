import type { Row } from "../../system/ports/database.ts";
import { databaseResource } from "./effect-name.ts";

/** Those of the payments of an ordinary day, and of their events. */
export type PaymentIds = Readonly<
  Record<"p1" | "p2" | "p3" | "createdOfP3" | "verdictOfP2" | "verdictOfP3", string>
>;

/**
 * What somebody, or a defect, does to the databases after three payments: p1, of salim to fatma,
 * which moved its money; p2 of the same, which was refused; and p3, of 1.000 OMR from fatma to
 * khalid, which moved its money.
 */
export interface PlantedBreak<Ids = PaymentIds> {
  readonly name: string;
  /** Run one after the other, each on a service's database. */
  readonly statements: (ids: Ids) => readonly (readonly ["payment" | "wallet", string])[];
  /** Exactly what reconciliation has to report: the class and the subject, in any order. */
  readonly reports: (ids: Ids) => readonly string[];
}

/** For what does not depend on them. */
const NO_IDS: PaymentIds = {
  p1: "",
  p2: "",
  p3: "",
  createdOfP3: "",
  verdictOfP2: "",
  verdictOfP3: "",
};

const LONG_AGO_MS = "1000000";

/** Breaks of what was over. The services go on beside them, and none is mended by itself. */
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
      ["wallet", "UPDATE external_transfers SET outcome = 'refused' WHERE id = 'opening/salim'"],
    ],
    reports: () => ["CONSERVATION external transfer opening/salim"],
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
    name: "entries that are gone",
    statements: ({ p3 }) => [["wallet", `DELETE FROM ledger_entries WHERE payment_id = '${p3}'`]],
    reports: ({ p3 }) => [
      `MISSING_LEDGER payment ${p3}`,
      "TAMPER account fatma",
      "TAMPER account khalid",
    ],
  },
  {
    name: "a payment that is gone from the payment service",
    statements: ({ p3 }) => [["payment", `DELETE FROM payments WHERE id = '${p3}'`]],
    reports: ({ p3 }) => [`ORPHAN_LEDGER payment ${p3}`],
  },
  {
    name: "money that has moved, and a verdict that was sent and not applied",
    statements: ({ p3, verdictOfP3: verdict }) => [pendingAgain(p3), unclaimed(verdict)],
    reports: ({ p3 }) => [`STATUS_BEHIND payment ${p3}`],
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
    name: "refused, and the verdict sent and not applied",
    statements: ({ p2, verdictOfP2: verdict }) => [pendingAgain(p2), unclaimed(verdict)],
    reports: ({ p2 }) => [`STUCK_VERDICT_UNAPPLIED payment ${p2}`],
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
  {
    name: "FAILED, and the wallet says that it moved the money",
    statements: ({ p2 }) => [
      [
        "wallet",
        `UPDATE transfer_decisions SET outcome = 'completed', reason = NULL WHERE payment_id = '${p2}'`,
      ],
    ],
    reports: ({ p2 }) => [`FAILED_UNREFUSED payment ${p2}`],
  },
];

/** The break of that name, and the one database that it is in. @throws Error when there is none */
export function plantedBreak(
  name: string,
): PlantedBreak & { readonly server: ReturnType<typeof databaseResource> } {
  const found = PLANTED_BREAKS.find((each) => each.name === name);
  const [first] = found?.statements(NO_IDS) ?? [];
  if (found === undefined || first === undefined) {
    throw new Error(`there is no break ${name}`);
  }
  return { ...found, server: databaseResource(first[0]) };
}

/** As if the verdict had not come. */
export function pendingAgain(paymentId: string): readonly ["payment", string] {
  return [
    "payment",
    `UPDATE payments SET status = 'PENDING', reason = NULL, settled_at_ms = NULL, accepted_at_ms = accepted_at_ms - ${LONG_AGO_MS} WHERE id = '${paymentId}'`,
  ];
}

export function unclaimed(eventId: string): readonly ["payment", string] {
  return ["payment", `DELETE FROM inbox WHERE event_id = '${eventId}'`];
}

/** Reads a service's database beside the service. */
type Read = (service: "payment" | "wallet", sql: string) => readonly Row[];

/** The ids, once the three payments are over; undefined before. */
export function plantableIds(read: Read): PaymentIds | undefined {
  const only = (service: "payment" | "wallet", sql: string) =>
    Object.values(read(service, sql)[0] ?? {}).map(String)[0];
  const over = (key: string) =>
    only(
      "payment",
      `SELECT payments.id FROM idempotency_keys JOIN payments ON payments.id = payment_id
       WHERE idempotency_key = '${key}' AND status <> 'PENDING'`,
    );
  const [p1, p2, p3] = [over("p1"), over("p2"), over("p3")];
  const eventOf = (service: "payment" | "wallet", paymentId: string | undefined) =>
    only(
      service,
      `SELECT event_id FROM outbox WHERE message_key = '${paymentId}' AND sent_at_ms IS NOT NULL`,
    );
  const createdOfP3 = eventOf("payment", p3);
  const [verdictOfP2, verdictOfP3] = [eventOf("wallet", p2), eventOf("wallet", p3)];
  const ids = { p1, p2, p3, createdOfP3, verdictOfP2, verdictOfP3 };
  return isWhole(ids) ? ids : undefined;
}

function isWhole(ids: Readonly<Record<keyof PaymentIds, string | undefined>>): ids is PaymentIds {
  return Object.values(ids).every((id) => id !== undefined);
}
