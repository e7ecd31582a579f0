import type { Entry } from "../domain/ledger.ts";
import type { Connection } from "../ports/database.ts";

/**
 * Writes entries down, in this order, under the caller's locks of their accounts, and makes each
 * account what its last entry says.
 *
 * @throws Error when an account is not there
 */
export async function post(connection: Connection, entries: readonly Entry[]): Promise<void> {
  await updateAccounts(connection, entries);
  await connection.query({
    label: "insert-entries",
    sql: `INSERT INTO ledger_entries
       (payment_id, external_transfer_id, wallet_id, position, direction, amount_minor, currency,
        balance_after_minor, hash, posted_at_ms)
     SELECT payment_id, external_transfer_id, wallet_id, position, direction, amount_minor, currency,
        balance_after_minor, hash, posted_at_ms
     FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[],
       $7::text[], $8::bigint[], $9::text[], $10::bigint[]) WITH ORDINALITY
       AS entry (payment_id, external_transfer_id, wallet_id, position, direction, amount_minor,
         currency, balance_after_minor, hash, posted_at_ms, nr) ORDER BY nr`,
    parameters: [
      entries.map(({ cause }) => (cause.kind === "payment" ? cause.id : null)),
      entries.map(({ cause }) => (cause.kind === "external" ? cause.id : null)),
      entries.map(({ accountId }) => accountId),
      entries.map(({ position }) => position),
      entries.map(({ direction }) => direction),
      entries.map(({ money }) => money.amountMinor),
      entries.map(({ money }) => money.currency),
      entries.map(({ balanceAfterMinor }) => balanceAfterMinor),
      entries.map(({ hash }) => hash),
      entries.map(({ postedAtMs }) => BigInt(postedAtMs)),
    ],
  });
}

async function updateAccounts(connection: Connection, entries: readonly Entry[]): Promise<void> {
  const lasts = [...new Map(entries.map((entry) => [entry.accountId, entry])).values()];
  const { rowCount } = await connection.query({
    label: "update-balance",
    sql: `UPDATE wallets
     SET balance_minor = entry.balance_after_minor, entry_count = entry.position,
       last_entry_hash = entry.hash
     FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[])
       AS entry (wallet_id, balance_after_minor, position, hash)
     WHERE wallets.id = entry.wallet_id`,
    parameters: [
      lasts.map(({ accountId }) => accountId),
      lasts.map(({ balanceAfterMinor }) => balanceAfterMinor),
      lasts.map(({ position }) => position),
      lasts.map(({ hash }) => hash),
    ],
  });
  if (rowCount !== lasts.length) {
    throw new Error(`a balance update hit ${rowCount} accounts, not ${lasts.length}`);
  }
}
