import { bigintColumn, nullableTextColumn, textColumn } from "../database/row.ts";
import type { Account } from "../domain/account.ts";
import type { Entry } from "../domain/ledger.ts";
import { ACCOUNT_COLUMNS, readAccount } from "../wallet/accounts.ts";
import { ENTRY_COLUMNS, readEntry } from "../wallet/entries.ts";
import type { Decision } from "./payment-case.ts";
import { countIn, type Snapshot } from "./snapshot.ts";

/** What the wallet service's database says, at one moment. */

/** What was decided about payments, by payment id. */
export async function decisionsOf(
  snapshot: Snapshot,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Decision>> {
  const rows = await snapshot.read(
    "decisions",
    `SELECT payment_id, outcome, reason, decided_at_ms FROM transfer_decisions
     WHERE payment_id = ANY ($1::text[])`,
    [ids],
  );
  return new Map(
    rows.map((row) => [
      textColumn(row, "payment_id"),
      {
        outcome: textColumn(row, "outcome"),
        reason: nullableTextColumn(row, "reason"),
        decidedAtMs: Number(bigintColumn(row, "decided_at_ms")),
      },
    ]),
  );
}

/** The entries of payments, by payment id. */
export function entriesOfPayments(
  snapshot: Snapshot,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly Entry[]>> {
  return entriesByCause(snapshot, "entries-of-payments", "payment_id", ids);
}

/** Accounts in the order of their ids, after one. */
export async function accountsAfter(
  snapshot: Snapshot,
  afterId: string,
  limit: number,
): Promise<readonly Account[]> {
  const rows = await snapshot.read(
    "accounts",
    `SELECT ${ACCOUNT_COLUMNS} FROM wallets WHERE id > $1 ORDER BY id LIMIT $2`,
    [afterId, limit],
  );
  return rows.map(readAccount);
}

/** Entries of one account, by their positions. */
export interface EntrySpan {
  readonly accountId: string;
  readonly after: bigint;
  readonly upTo: bigint;
}

/** The entries of spans of different accounts, by account id, each account's oldest first. */
export async function entriesOfSpans(
  snapshot: Snapshot,
  spans: readonly EntrySpan[],
): Promise<ReadonlyMap<string, readonly Entry[]>> {
  const rows = await snapshot.read(
    "entries-of-accounts",
    `SELECT ${ENTRY_COLUMNS}
     FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS span (account_id, after, up_to)
     JOIN ledger_entries ON wallet_id = account_id AND position > after AND position <= up_to
     ORDER BY wallet_id, position`,
    [
      spans.map(({ accountId }) => accountId),
      spans.map(({ after }) => after),
      spans.map(({ upTo }) => upTo),
    ],
  );
  return Map.groupBy(rows.map(readEntry), ({ accountId }) => accountId);
}

/** Money that came in or went out, as it was written down. */
export interface ExternalRecord {
  readonly id: string;
  readonly walletId: string;
  readonly isIncoming: boolean;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** What came in and went out, by id; what was refused is not among it. */
export async function externalsById(
  snapshot: Snapshot,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ExternalRecord>> {
  const rows = await snapshot.read(
    "externals",
    `SELECT ${EXTERNAL_COLUMNS} FROM external_transfers
     WHERE id = ANY ($1::text[]) AND outcome = 'moved'`,
    [ids],
  );
  return new Map(rows.map(readExternal).map((external) => [external.id, external]));
}

/** The same, written at or after a watermark, page by page in the order of their ids. */
export async function externalsWritten(
  snapshot: Snapshot,
  since: bigint,
  afterId: string,
  limit: number,
): Promise<readonly ExternalRecord[]> {
  const rows = await snapshot.read(
    "externals-written",
    `SELECT ${EXTERNAL_COLUMNS} FROM external_transfers
     WHERE written_in >= $1::text::xid8 AND id > $2 AND outcome = 'moved' ORDER BY id LIMIT $3`,
    [String(since), afterId, limit],
  );
  return rows.map(readExternal);
}

/** How many those are. */
export function countExternals(snapshot: Snapshot, since: bigint): Promise<number> {
  const sql = `SELECT count(*) AS counted FROM external_transfers
     WHERE written_in >= $1::text::xid8 AND outcome = 'moved'`;
  return countIn(snapshot, "count-externals", sql, [String(since)]);
}

/** The entries of external transfers, by their ids. */
export function entriesOfExternals(
  snapshot: Snapshot,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly Entry[]>> {
  return entriesByCause(snapshot, "entries-of-externals", "external_transfer_id", ids);
}

async function entriesByCause(
  snapshot: Snapshot,
  label: string,
  column: "payment_id" | "external_transfer_id",
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly Entry[]>> {
  const rows = await snapshot.read(
    label,
    `SELECT ${ENTRY_COLUMNS} FROM ledger_entries WHERE ${column} = ANY ($1::text[]) ORDER BY id`,
    [ids],
  );
  const found = new Map<string, Entry[]>();
  for (const entry of rows.map(readEntry)) {
    found.set(entry.cause.id, [...(found.get(entry.cause.id) ?? []), entry]);
  }
  return found;
}

const EXTERNAL_COLUMNS = "id, wallet_id, kind, amount_minor, currency";

function readExternal(row: Parameters<typeof readAccount>[0]): ExternalRecord {
  return {
    id: textColumn(row, "id"),
    walletId: textColumn(row, "wallet_id"),
    isIncoming: textColumn(row, "kind") !== "withdrawal",
    amountMinor: bigintColumn(row, "amount_minor"),
    currency: textColumn(row, "currency"),
  };
}
