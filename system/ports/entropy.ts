/** Randomness, as a service sees it. Nothing in `system/` draws from the host's. */
export interface Entropy {
  /** A fresh identifier in the form of a UUID, of any version; their order says nothing. */
  uuid(): string;
  /** So many random bytes in lower-case hexadecimal, for the steps of a trace. */
  traceBytes(byteCount: number): string;
}
