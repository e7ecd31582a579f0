/**
 * Amounts as the model reads and writes them. Written anew beside `system/domain/money.ts`, and not
 * taken from it: what the services get wrong there, the model must not get wrong with them.
 */

/** Digits after the point, by currency: of every currency that there is. */
export const CURRENCIES: ReadonlyMap<string, number> = new Map([
  ...["OMR", "BHD", "IQD", "JOD", "KWD", "LYD", "TND"].map(withDecimals(3)),
  ...["AED", "EGP", "EUR", "GBP", "INR", "PKR", "QAR", "SAR", "USD"].map(withDecimals(2)),
  ...["JPY", "KRW"].map(withDecimals(0)),
]);

/** The largest amount that can be asked for: a whole number that a `bigint` column holds. */
export const AMOUNT_MINOR_MAX = 2n ** 63n - 1n;

/** The most that a wallet may hold. */
export const BALANCE_MINOR_MAX = 10n ** 15n;

/** An amount such as `"12.5"` in whole minor units; undefined for what is no amount. */
export function minorOf(amount: string, currency: string): bigint | undefined {
  const decimals = CURRENCIES.get(currency);
  const [whole = "", fraction = "", ...rest] = amount.split(".");
  const isNumber = isDigits(whole) && (amount === whole || isDigits(fraction));
  if (decimals === undefined || rest.length > 0 || !isNumber || fraction.length > decimals) {
    return undefined;
  }
  if (whole.length > 1 && whole.startsWith("0")) {
    return undefined;
  }
  const minor = BigInt(whole) * 10n ** BigInt(decimals) + BigInt(fraction.padEnd(decimals, "0"));
  return minor > AMOUNT_MINOR_MAX ? undefined : minor;
}

/** Whole minor units, not below zero, as a decimal; undefined for a currency that nobody knows. */
export function decimalOf(minor: bigint, currency: string): string | undefined {
  const decimals = CURRENCIES.get(currency);
  if (decimals === undefined) {
    return undefined;
  }
  const unit = 10n ** BigInt(decimals);
  if (decimals === 0) {
    return String(minor);
  }
  return `${minor / unit}.${String(minor % unit).padStart(decimals, "0")}`;
}

/** Another currency that has as many digits after the point. */
export function currencyLike(currency: string): string {
  const decimals = CURRENCIES.get(currency);
  const alike = [...CURRENCIES].filter(
    ([each, digits]) => each !== currency && digits === decimals,
  );
  return alike.map(([each]) => each)[0] ?? "";
}

function withDecimals(decimals: number) {
  return (currency: string): readonly [string, number] => [currency, decimals];
}

function isDigits(text: string): boolean {
  return /^[0-9]{1,40}$/.test(text);
}
