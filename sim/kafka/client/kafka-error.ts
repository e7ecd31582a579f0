import type { KafkaErrorCode } from "../protocol/error-code.ts";

/** The broker answered with an error. What was asked for did not happen. */
export class KafkaError extends Error {
  override readonly name = "KafkaError";
  readonly code: Exclude<KafkaErrorCode, "NONE">;

  constructor(code: Exclude<KafkaErrorCode, "NONE">, request: string) {
    super(`${code} (${request})`);
    this.code = code;
  }
}

/** Records could not be sent, after all retries. */
export class SendFailed extends Error {
  override readonly name = "SendFailed";
  /**
   * "unknown" when a request had left and its reply was lost: some or all records may be in the
   * log.
   */
  readonly applied: "no" | "unknown";

  constructor(options: { applied: "no" | "unknown"; attempts: number; cause: unknown }) {
    const { applied, attempts, cause } = options;
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`not sent after ${attempts} attempts, applied: ${applied}: ${reason}`, { cause });
    this.applied = applied;
  }
}

/** @throws KafkaError that a reply carries, if it carries one */
export function throwOnError(error: KafkaErrorCode, request: string): void {
  if (error !== "NONE") {
    throw new KafkaError(error, request);
  }
}
