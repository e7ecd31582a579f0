import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** What an entry of the ledger says, as its row has it. */
export interface SaidEntry {
  /** `payment:` or `external:`, and its id. */
  readonly cause: string;
  readonly walletId: string;
  /** 1 for the wallet's first entry, and so on. */
  readonly position: string;
  readonly direction: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly afterMinor: bigint;
  readonly postedAtMs: string;
}

/**
 * The hash that an entry has to have, by what it says and the hash of the entry before it in its
 * wallet (empty for the first): SHA-256, in hexadecimal, of all of it as a JSON array.
 */
export function entryHash(entry: SaidEntry, previousHash: string): string {
  const { cause, walletId, position, direction, amountMinor, currency, afterMinor } = entry;
  const [, kind, id] = /^([a-z]+):(.*)$/s.exec(cause) ?? [];
  const words = [previousHash, kind, id, walletId, position, direction];
  const said = [...words, String(amountMinor), currency, String(afterMinor)];
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify([...said, Number(entry.postedAtMs)]))));
}
