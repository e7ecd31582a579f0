import type { ServiceName } from "../../system/process/roles.ts";
import type { Universe } from "../world.ts";
import { createBookKeeper } from "./book-keeper.ts";
import type { Books } from "./books.ts";

/** What the judge reads, in the order in which the books take it in. */
const READINGS: readonly { service: ServiceName; table: string; sql: string }[] = [
  {
    service: "wallet",
    table: "wallets",
    sql: `SELECT id, currency, opening_minor, balance_minor FROM wallets ORDER BY id`,
  },
  {
    service: "wallet",
    table: "external_funding",
    sql: `SELECT wallet_id, currency, amount_minor FROM external_funding ORDER BY wallet_id`,
  },
  {
    service: "wallet",
    table: "ledger_entries",
    sql: `SELECT payment_id, wallet_id, direction, amount_minor, currency
          FROM ledger_entries ORDER BY id`,
  },
  {
    service: "wallet",
    table: "transfer_decisions",
    sql: `SELECT payment_id, outcome, reason FROM transfer_decisions ORDER BY payment_id`,
  },
  {
    service: "wallet",
    table: "outbox",
    sql: `SELECT event_id, topic, sent_at_ms FROM outbox ORDER BY id`,
  },
  {
    service: "payment",
    table: "payments",
    sql: `SELECT id, sender_wallet_id, receiver_wallet_id, amount_minor, currency, status, reason
          FROM payments ORDER BY id`,
  },
  {
    service: "payment",
    table: "idempotency_keys",
    sql: `SELECT idempotency_key, payment_id FROM idempotency_keys ORDER BY idempotency_key`,
  },
  {
    service: "payment",
    table: "outbox",
    sql: `SELECT event_id, topic, sent_at_ms FROM outbox ORDER BY id`,
  },
];

/** Reads both databases afresh, so that the judgement in the end rests on no running sum. */
export async function readBooks(universe: Universe): Promise<Books> {
  const keeper = createBookKeeper();
  for (const { service, table, sql } of READINGS) {
    const rows = await universe.query(service, sql);
    keeper.enter(
      service,
      rows.map((after) => ({ table, before: null, after })),
    );
  }
  return keeper.books;
}
