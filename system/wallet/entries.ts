import { bigintColumn, nullableTextColumn, textColumn, currencyColumn } from "../database/row.ts";
import { runStatement } from "../database/transaction.ts";
import type { Cause, Entry } from "../domain/ledger.ts";
import type { Database, Row } from "../ports/database.ts";

/**
 * An account's entries after a position, oldest first, `limit` at most.
 *
 * @throws DatabaseError
 */
export async function readEntries(
  database: Database,
  accountId: string,
  afterPosition: bigint,
  limit: number,
): Promise<readonly Entry[]> {
  const { rows } = await runStatement(database, "read", {
    label: "entries",
    sql: `SELECT ${ENTRY_COLUMNS}
          FROM ledger_entries WHERE wallet_id = $1 AND position > $2
          ORDER BY position LIMIT $3`,
    parameters: [accountId, afterPosition, limit],
  });
  return rows.map(readEntry);
}

/** The columns that `readEntry` reads. */
export const ENTRY_COLUMNS = `payment_id, external_transfer_id, wallet_id, position, direction, amount_minor,
            currency, balance_after_minor, posted_at_ms, hash`;

/** @throws Error naming the column that is not what it should be */
export function readEntry(row: Row): Entry {
  const currency = currencyColumn(row);
  const direction = textColumn(row, "direction");
  if (direction !== "debit" && direction !== "credit") {
    throw new Error(`column direction: ${JSON.stringify(direction)} is no direction`);
  }
  return {
    cause: readCause(row),
    accountId: textColumn(row, "wallet_id"),
    position: bigintColumn(row, "position"),
    direction,
    money: { amountMinor: bigintColumn(row, "amount_minor"), currency },
    balanceAfterMinor: bigintColumn(row, "balance_after_minor"),
    postedAtMs: Number(bigintColumn(row, "posted_at_ms")),
    hash: textColumn(row, "hash"),
  };
}

function readCause(row: Row): Cause {
  const paymentId = nullableTextColumn(row, "payment_id");
  return paymentId === null
    ? { kind: "external", id: textColumn(row, "external_transfer_id") }
    : { kind: "payment", id: paymentId };
}
