import { NotSimulated } from "../../../kernel/not-simulated.ts";
import type { RandomStream } from "../../../kernel/random.ts";
import type { SimulatedProcess } from "../../../kernel/simulated-process.ts";
import { SimulationBug } from "../../../kernel/simulation-bug.ts";
import { ClientError, NotRetriable, RetriesExceeded } from "./kafka-error.ts";

/** How often and after how long kafkajs tries again. */
export interface RetryOptions {
  readonly initialRetryMs: number;
  readonly maxRetryMs: number;
  /** After the first attempt. */
  readonly retries: number;
}

/** As kafkajs 2.2.4 has them. */
export const DEFAULT_RETRY_OPTIONS: RetryOptions = {
  initialRetryMs: 300,
  maxRetryMs: 30_000,
  retries: 5,
};

/**
 * Does something until it goes well, and rejects with `RetriesExceeded` after the last attempt,
 * with `NotRetriable` after an error that is not worth another, and with what a `Bail` carries.
 */
export type Retrier = <T>(attempt: () => Promise<T>) => Promise<T>;

/** Thrown by an attempt whose error is to go out as it is, at once. */
export class Bail extends Error {
  override readonly name = "Bail";

  constructor(cause: unknown) {
    super("not to be tried again", { cause });
  }
}

/** kafkajs's retries (src/retry): each delay about twice the one before, give or take a fifth. */
export function createRetrier(parts: {
  readonly process: SimulatedProcess;
  readonly stream: RandomStream;
  readonly options: RetryOptions;
}): Retrier {
  const { process, stream, options } = parts;
  const spread = (delayMs: number) =>
    stream.integer(Math.floor(delayMs * 0.8) + 1, Math.ceil(delayMs * 1.2));
  return async (attempt) => {
    let delayMs = spread(options.initialRetryMs);
    for (let retries = 0; ; retries += 1) {
      try {
        return await attempt();
      } catch (error) {
        const known = demandKnown(error);
        if (!known.retriable) {
          // The cause and not the error itself: kafkajs loses the type here.
          throw new NotRetriable(known.message, { cause: known.cause ?? known });
        }
        if (retries >= options.retries) {
          throw new RetriesExceeded(known, delayMs);
        }
        await process.sleep(delayMs);
        delayMs = Math.min(spread(delayMs) * 2, options.maxRetryMs);
      }
    }
  };
}

/** @throws what a bail carries; SimulationBug for what no client throws: it ends the run */
function demandKnown(error: unknown): ClientError {
  if (error instanceof Bail) {
    throw error.cause;
  }
  if (error instanceof ClientError) {
    return error;
  }
  throw error instanceof NotSimulated || error instanceof SimulationBug
    ? error
    : new SimulationBug(error);
}
