/** Why a request is refused: a status of HTTP, and the code that programs read. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
}

export const MALFORMED_REQUEST: Refusal = { status: 400, code: "malformed-request" };
export const MALFORMED_AMOUNT: Refusal = { status: 400, code: "malformed-amount" };
export const MALFORMED_KEY: Refusal = { status: 400, code: "idempotency-key-malformed" };
export const UNKNOWN_PAYMENT: Refusal = { status: 404, code: "unknown-payment" };
export const UNKNOWN_WALLET: Refusal = { status: 404, code: "unknown-wallet" };
export const OPENED_OTHERWISE: Refusal = { status: 409, code: "wallet-opened-otherwise" };
export const KEY_REUSED: Refusal = { status: 422, code: "idempotency-key-reused" };
