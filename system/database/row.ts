import { isCurrency, type Currency } from "../domain/money.ts";
import type { Row } from "../ports/database.ts";

/** A `text` column that is not null. @throws Error naming the column when it is anything else */
export function textColumn(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") {
    throw new Error(`column ${column}: expected text, found ${typeof value}`);
  }
  return value;
}

/** A `text` column that may be null. @throws Error naming the column when it is anything else */
export function nullableTextColumn(row: Row, column: string): string | null {
  return row[column] === null ? null : textColumn(row, column);
}

/** A `bigint` column that is not null. @throws Error naming the column when it is anything else */
export function bigintColumn(row: Row, column: string): bigint {
  return BigInt(textColumn(row, column));
}

/** A `bigint` column that may be null. @throws Error naming the column when it is anything else */
export function nullableBigintColumn(row: Row, column: string): bigint | null {
  return row[column] === null ? null : bigintColumn(row, column);
}

/** A `boolean` column that is not null. @throws Error naming the column when it is anything else */
export function booleanColumn(row: Row, column: string): boolean {
  const value = row[column];
  if (typeof value !== "boolean") {
    throw new Error(`column ${column}: expected boolean, found ${typeof value}`);
  }
  return value;
}

/** The column `currency`. @throws Error when it is not one that is known */
export function currencyColumn(row: Row): Currency {
  const currency = textColumn(row, "currency");
  if (!isCurrency(currency)) {
    throw new Error(`column currency: ${JSON.stringify(currency)} is not a currency`);
  }
  return currency;
}
