/**
 * What a key lets its holder ask for. `operator` is what moves money in from outside or out, gives
 * it back, freezes a wallet, sees everybody's, and compares the books.
 */
export const SCOPES = [
  "payments:read",
  "payments:write",
  "wallets:read",
  "wallets:write",
  "operator",
] as const;
export type Scope = (typeof SCOPES)[number];

/** Who asks, as the verifier knows them. */
export interface Principal {
  /** Of the form of an identifier. */
  readonly id: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Finds out who asks, by what a request says of it: by API keys unless another one is put in. */
export interface Verifier {
  /** By lower-case name; a header that was sent twice has two values. */
  verify(headers: Readonly<Record<string, readonly string[]>>): Promise<Verification>;
  /** Why nobody can be let in at all; undefined where somebody can. */
  trouble(): string | undefined;
}

export type Verification =
  | { readonly kind: "principal"; readonly principal: Principal }
  /** Nobody who is known. The code is that of a problem. */
  | { readonly kind: "unknown"; readonly code: VerificationCode; readonly detail: string };

/** Why a request comes from nobody who is known. */
export const VERIFICATION_CODES = [
  "no-key-configured",
  "credentials-missing",
  "credentials-unknown",
] as const;
export type VerificationCode = (typeof VERIFICATION_CODES)[number];
