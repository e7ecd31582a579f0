/**
 * Money is a whole number of a currency's minor units, as `bigint`. On the wire and on a page it is
 * a decimal string with exactly the currency's decimals; it is never a `number`.
 */
export interface Money {
  /** Whole minor units: 1 OMR is 1000n. */
  readonly amountMinor: bigint;
  readonly currency: Currency;
}

/** Digits after the point, by currency (ISO 4217): what the currencies here count in. */
const DECIMALS = {
  OMR: 3,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  TND: 3,
  AED: 2,
  EGP: 2,
  EUR: 2,
  GBP: 2,
  INR: 2,
  PKR: 2,
  QAR: 2,
  SAR: 2,
  USD: 2,
  JPY: 0,
  KRW: 0,
} as const;

export type Currency = keyof typeof DECIMALS;

/** PostgreSQL's bigint ends here; an amount must fit a column. */
const AMOUNT_MINOR_MAX = 9_223_372_036_854_775_807n;
/** Of the largest that can be kept. */
const DIGITS_MAX = String(AMOUNT_MINOR_MAX).length;

/** What a wallet can hold: thousands of full ones still fit the account of what is outside. */
export const BALANCE_MINOR_MAX = 1_000_000_000_000_000n;

export type ParsedMoney =
  | { readonly kind: "money"; readonly money: Money }
  | { readonly kind: "refused"; readonly message: string };

/**
 * Reads an amount such as `"50"`, `"0.500"` or `"12.34"`. Refused with a message, never rounded:
 * more decimals than the currency has, exponents, signs, blanks, and what no column can hold. Zero
 * is an amount; who needs more than zero says so.
 */
export function parseMoney(amount: string, currency: string): ParsedMoney {
  if (!isCurrency(currency)) {
    const known = Object.keys(DECIMALS).join(", ");
    return { kind: "refused", message: `currency ${quote(currency)} is not one of: ${known}` };
  }
  const decimals = DECIMALS[currency];
  const match = /^(0|[1-9][0-9]*)(?:\.([0-9]+))?$/.exec(amount);
  const whole = match?.[1];
  if (whole === undefined) {
    const example = formatMoney({ amountMinor: 50n * 10n ** BigInt(decimals), currency });
    return {
      kind: "refused",
      message: `amount ${quote(amount)} is not a plain decimal such as "${example}"`,
    };
  }
  const fraction = match?.[2] ?? "";
  if (fraction.length > decimals) {
    const found = `${fraction.length} decimal${fraction.length === 1 ? "" : "s"}`;
    return {
      kind: "refused",
      message: `amount ${quote(amount)} has ${found}; ${currency} has ${decimals}`,
    };
  }
  // So many digits are too many in any currency, and a number of them is never made.
  const amountMinor =
    whole.length > DIGITS_MAX ? undefined : BigInt(whole + fraction.padEnd(decimals, "0"));
  if (amountMinor === undefined || amountMinor > AMOUNT_MINOR_MAX) {
    return { kind: "refused", message: `amount ${quote(amount)} is larger than can be kept` };
  }
  return { kind: "money", money: { amountMinor, currency } };
}

/** The same for an amount that moves: zero is refused, too. */
export function parseAmount(amount: string, currency: string): ParsedMoney {
  const parsed = parseMoney(amount, currency);
  return parsed.kind === "money" && parsed.money.amountMinor === 0n
    ? { kind: "refused", message: `amount ${JSON.stringify(amount)} is not more than zero` }
    : parsed;
}

/** `{ amountMinor: 50_000n, currency: "OMR" }` as `"50.000"`. */
export function formatMoney(money: Money): string {
  const decimals = DECIMALS[money.currency];
  const sign = money.amountMinor < 0n ? "-" : "";
  const digits = (money.amountMinor < 0n ? -money.amountMinor : money.amountMinor)
    .toString()
    .padStart(decimals + 1, "0");
  if (decimals === 0) {
    return `${sign}${digits}`;
  }
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

export function isCurrency(text: string): text is Currency {
  return Object.hasOwn(DECIMALS, text);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
}
