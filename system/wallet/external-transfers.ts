import { bigintColumn, nullableTextColumn, textColumn, currencyColumn } from "../database/row.ts";
import type { Money } from "../domain/money.ts";
import { REFUSAL_REASONS, type RefusalReason } from "../domain/payment.ts";
import type { Connection, Row } from "../ports/database.ts";

/** Money that came in from outside or went out, or was refused. */
export interface ExternalTransfer {
  readonly id: string;
  readonly walletId: string;
  readonly kind: "opening" | "deposit" | "withdrawal";
  readonly money: Money;
  /** Why it was refused; null when the money moved. */
  readonly reason: RefusalReason | null;
}

export async function insertExternalTransfer(
  connection: Connection,
  transfer: ExternalTransfer,
  nowMs: number,
): Promise<void> {
  const { id, walletId, kind, money, reason } = transfer;
  await connection.query({
    label: "insert-external-transfer",
    sql: `INSERT INTO external_transfers
       (id, wallet_id, kind, amount_minor, currency, outcome, reason, made_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    parameters: [
      id,
      walletId,
      kind,
      money.amountMinor,
      money.currency,
      reason === null ? "moved" : "refused",
      reason,
      nowMs,
    ],
  });
}

/** Undefined when there is none of that id. */
export async function findExternalTransfer(
  connection: Connection,
  id: string,
): Promise<ExternalTransfer | undefined> {
  const { rows } = await connection.query({
    label: "read-external-transfer",
    sql: `SELECT id, wallet_id, kind, amount_minor, currency, reason
     FROM external_transfers WHERE id = $1`,
    parameters: [id],
  });
  return rows.map(readExternalTransfer)[0];
}

function readExternalTransfer(row: Row): ExternalTransfer {
  const currency = currencyColumn(row);
  const kind = textColumn(row, "kind");
  const reason = nullableTextColumn(row, "reason");
  if (kind !== "opening" && kind !== "deposit" && kind !== "withdrawal") {
    throw new Error(`column kind: ${JSON.stringify(kind)} is no external transfer`);
  }
  return {
    id: textColumn(row, "id"),
    walletId: textColumn(row, "wallet_id"),
    kind,
    money: { amountMinor: bigintColumn(row, "amount_minor"), currency },
    reason: REFUSAL_REASONS.find((each) => each === reason) ?? null,
  };
}
