import { sha256 } from "@noble/hashes/sha2.js";
import { hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { HttpRequest } from "../ports/server.ts";
import type { Scope, Verification, VerificationCode, Verifier } from "../ports/verifier.ts";

/** A key as it is configured: who holds it and what it is for, but not the key itself. */
export interface ApiKey {
  /** The principal that holds it; while one key replaces another, there are two of one id. */
  readonly id: string;
  readonly scopes: readonly Scope[];
  /** SHA-256 of the key, 64 hexadecimal digits. Keys are long and random: no salt is needed. */
  readonly sha256: string;
}

/**
 * Knows those who send `Authorization: Bearer KEY` with one of these keys. Every key is compared,
 * and every byte of it, so that the time that it takes tells nothing.
 */
export function createKeyVerifier(keys: readonly ApiKey[]): Verifier {
  const known = keys.map(({ id, scopes, sha256: hash }) => ({
    hash: hexToBytes(hash),
    principal: { id, scopes: new Set(scopes) },
  }));
  return {
    trouble: () => (known.length === 0 ? NOBODY : undefined),
    async verify(headers) {
      if (known.length === 0) {
        return unknown("no-key-configured", NOBODY);
      }
      const key = keyIn(headers);
      if (key === undefined) {
        return unknown("credentials-missing", "expected one header Authorization: Bearer KEY");
      }
      const hash = sha256(utf8ToBytes(key));
      const [found] = known.filter((each) => isSame(each.hash, hash));
      return found === undefined
        ? unknown("credentials-unknown", "the key is not one that is configured")
        : { kind: "principal", principal: found.principal };
    },
  };
}

const NOBODY = "no API key is configured, so nobody is let in: set API_KEYS or API_KEYS_FILE";

function keyIn(headers: HttpRequest["headers"]): string | undefined {
  const [authorization = "", ...more] = headers["authorization"] ?? [];
  const [, key] = /^Bearer +([\x21-\x7e]{1,200}) *$/i.exec(authorization) ?? [];
  return more.length === 0 ? key : undefined;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  for (const [index, byte] of one.entries()) {
    difference |= byte ^ (other[index] ?? 0);
  }
  return difference === 0;
}

function unknown(code: VerificationCode, detail: string): Verification {
  return { kind: "unknown", code, detail };
}
