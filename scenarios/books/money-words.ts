import { formatMoney, isCurrency } from "../../system/domain/money.ts";

/** An amount in words: "50.000 OMR", or minor units of a currency that nobody knows. */
export function moneyWords(amountMinor: bigint, currency: string): string {
  return isCurrency(currency)
    ? `${formatMoney({ amountMinor, currency })} ${currency}`
    : `${amountMinor} minor units of ${currency}`;
}
