import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import Type, { type Static } from "typebox";
import type { ApiKey } from "../../system/http/api-keys.ts";
import { SCOPES, type Scope } from "../../system/ports/verifier.ts";

/**
 * Who asks, as seen from the wallet that a command is about: its owner, another customer, an
 * operator, the owner with a key that only reads, somebody without a key, or one with a key that
 * was never given out.
 */
export type Caller = Static<typeof callerSchema>;

export const callerSchema = Type.Enum([
  "owner",
  "stranger",
  "operator",
  "reader",
  "nobody",
  "forger",
]);

/** How a story tells it, where it is not the one who asks such things. */
export const CALLER_WORDS: Readonly<Record<Caller, string>> = {
  owner: "as the wallet's owner",
  stranger: "as another customer",
  operator: "as an operator",
  reader: "with the owner's key that only reads",
  nobody: "without a key",
  forger: "with a key that was never given out",
};

const OPERATOR = "operator";
const CUSTOMERS = ["customer-1", "customer-2"] as const;

/** The customer who owns a wallet of that id: each has about half of all that can be. */
export function ownerOf(walletId: string): string {
  return CUSTOMERS[parityOf(walletId)] ?? "";
}

function parityOf(text: string): number {
  return utf8ToBytes(text).reduce((sum, byte) => sum + byte, 0) % 2;
}

/** The principal as whom a caller asks; undefined for one whom no service knows. */
export function principalOf(caller: Caller, walletId: string): string | undefined {
  switch (caller) {
    case "owner":
    case "reader":
      return ownerOf(walletId);
    case "stranger":
      return CUSTOMERS[1 - parityOf(walletId)];
    case "operator":
      return OPERATOR;
    case "nobody":
    case "forger":
      return undefined;
  }
}

/** The headers that say who asks. */
export function credentialsOf(caller: Caller, walletId: string): Readonly<Record<string, string>> {
  const key = keyOf(caller, walletId);
  return key === undefined ? {} : { authorization: `Bearer ${key}` };
}

function keyOf(caller: Caller, walletId: string): string | undefined {
  switch (caller) {
    case "nobody":
      return undefined;
    case "forger":
      return "a-key-that-was-never-given-out";
    case "reader":
      return readingKey(principalOf(caller, walletId) ?? "");
    case "owner":
    case "stranger":
    case "operator":
      return fullKey(principalOf(caller, walletId) ?? "");
  }
}

const fullKey = (principal: string): string => `key-of-${principal}`;
const readingKey = (principal: string): string => `reading-key-of-${principal}`;

const READING: readonly Scope[] = ["payments:read", "wallets:read"];
const WRITING: readonly Scope[] = ["payments:write", "wallets:write"];

/** The keys that the services of a plan are configured with. */
export const API_KEYS: readonly ApiKey[] = [
  hashed(OPERATOR, SCOPES, fullKey(OPERATOR)),
  ...CUSTOMERS.flatMap((id) => [
    hashed(id, [...READING, ...WRITING], fullKey(id)),
    hashed(id, READING, readingKey(id)),
  ]),
];

function hashed(id: string, scopes: readonly Scope[], key: string): ApiKey {
  return { id, scopes, sha256: bytesToHex(sha256(utf8ToBytes(key))) };
}
