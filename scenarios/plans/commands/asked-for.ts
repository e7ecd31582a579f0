import { parseMoney } from "../../../system/domain/money.ts";
import type { Expectation } from "./expectation.ts";

/** What is wrong with a field, as the rest of a sentence that begins with its place. */
export interface FieldComplaint {
  readonly field: string;
  readonly message: string;
}

/**
 * What a service would refuse may be asked for only where a refusal is expected: otherwise the plan
 * says something else than it means.
 */
export function complaintAboutAmount(
  expects: Expectation,
  asked: {
    readonly field: string;
    readonly amount: string;
    readonly currency: string;
    readonly leastMinor: bigint;
  },
): FieldComplaint | undefined {
  if (expects !== "accepted") {
    return undefined;
  }
  const { field, amount, currency, leastMinor } = asked;
  const known = parseMoney("0", currency);
  if (known.kind === "refused") {
    return { field: "currency", message: known.message };
  }
  const parsed = parseMoney(amount, currency);
  if (parsed.kind === "refused") {
    return { field, message: parsed.message };
  }
  return parsed.money.amountMinor < leastMinor
    ? { field, message: `amount ${JSON.stringify(amount)} is not more than zero` }
    : undefined;
}

const IDENTIFIER = /^[A-Za-z0-9._:-]{1,64}$/;

export function complaintAboutId(
  expects: Expectation,
  field: string,
  id: string,
): FieldComplaint | undefined {
  return expects !== "accepted" || IDENTIFIER.test(id)
    ? undefined
    : { field, message: `${JSON.stringify(id)} is not 1 to 64 of the characters A-Za-z0-9._:-` };
}

/** A header takes no other characters in either world; a line break would be another header. */
export function complaintAboutKey(expects: Expectation, key: string): FieldComplaint | undefined {
  const field = "idempotencyKey";
  if (!/^[\x21-\x7e]*$/.test(key)) {
    return { field, message: `${JSON.stringify(key)} is not of visible ASCII characters only` };
  }
  return expects !== "accepted" || (key.length >= 1 && key.length <= 255)
    ? undefined
    : { field, message: "is not of 1 to 255 characters" };
}
