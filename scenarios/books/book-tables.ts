import { SERVICES, type ServiceName } from "../../system/process/services.ts";
import { unkept, type BookTable } from "./book-table.ts";
import { breaks } from "./tables/breaks.ts";
import { deadLetters } from "./tables/dead-letters.ts";
import { externalKeys } from "./tables/external-keys.ts";
import { externalTransfers } from "./tables/external-transfers.ts";
import { idempotencyKeys } from "./tables/idempotency-keys.ts";
import { inbox } from "./tables/inbox.ts";
import { ledgerEntries } from "./tables/ledger-entries.ts";
import { outboxLease } from "./tables/outbox-lease.ts";
import { outbox } from "./tables/outbox.ts";
import { payments } from "./tables/payments.ts";
import { reconciliationRuns } from "./tables/reconciliation-runs.ts";
import { transferDecisions } from "./tables/transfer-decisions.ts";
import { wallets } from "./tables/wallets.ts";

/** Every table of every service, in the order in which the books take them in. */
export const BOOK_TABLES: readonly BookTable[] = [
  wallets,
  externalTransfers,
  ledgerEntries,
  transferDecisions,
  outbox,
  payments,
  idempotencyKeys,
  externalKeys,
  deadLetters,
  inbox,
  outboxLease,
  unkept("schema_migrations", ["payment", "wallet", "reconciliation"]),
  reconciliationRuns,
  breaks,
  unkept("verified_accounts", ["reconciliation"]),
];

/** The table of a service. @throws Error when the books do not know it */
export function bookTable(service: ServiceName, name: string): BookTable {
  const table = byService.get(service)?.get(name);
  if (table === undefined) {
    throw new Error(`the books do not know the table ${name} of the ${service} service`);
  }
  return table;
}

const byService = new Map(
  SERVICES.map(({ name }) => [
    name,
    new Map(
      BOOK_TABLES.filter(({ services }) => services.includes(name)).map((each) => [
        each.name,
        each,
      ]),
    ),
  ]),
);
