import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/**
 * The trace that a client's requests with a key are part of, 32 hexadecimal digits: the same at
 * every attempt.
 */
export function traceIdOfKey(key: string): string {
  return bytesToHex(utf8ToBytes(`key ${key}`))
    .slice(0, 32)
    .padEnd(32, "0");
}

/** The header with which a client says so. */
export function traceparentOfKey(key: string): string {
  return `00-${traceIdOfKey(key)}-00f067aa0ba902b7-01`;
}
