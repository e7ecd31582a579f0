import type { RandomStream } from "../../kernel/random.ts";

/**
 * kafkajs's retries: each delay about twice the one before, give or take a fifth, until the retries
 * are used up.
 */
export interface RetryOptions {
  readonly initialRetryMs: number;
  readonly maxRetryMs: number;
  readonly retries: number;
}

/** As kafkajs 2.2.4 has them. */
export const DEFAULT_RETRY_OPTIONS: RetryOptions = {
  initialRetryMs: 300,
  maxRetryMs: 30_000,
  retries: 5,
};

/** The delays of one series of attempts. */
export class RetryDelays {
  readonly #options: RetryOptions;
  readonly #stream: RandomStream;
  #retryCount = 0;
  #delayMs: number;

  constructor(options: RetryOptions, stream: RandomStream) {
    this.#options = options;
    this.#stream = stream;
    this.#delayMs = options.initialRetryMs;
  }

  /** In whole milliseconds; undefined when there is no retry left. */
  next(): number | undefined {
    if (this.#retryCount >= this.#options.retries) {
      return undefined;
    }
    this.#retryCount += 1;
    const spreadMs = Math.floor(this.#delayMs / 5);
    const delayMs = this.#stream.integer(this.#delayMs - spreadMs, this.#delayMs + spreadMs);
    this.#delayMs = Math.min(delayMs * 2, this.#options.maxRetryMs);
    return delayMs;
  }

  /** After a success the next failure begins a new series. */
  reset(): void {
    this.#retryCount = 0;
    this.#delayMs = this.#options.initialRetryMs;
  }
}
