import type { Timer } from "../../kernel/simulated-process.ts";
import type { BrokerHost } from "./broker-host.ts";
import type { PartitionLog } from "./partition-log.ts";

/**
 * A fetch that found nothing new: it ends with the first record appended to one of its logs, or
 * with its time.
 */
export class FetchWait {
  readonly #logs: readonly PartitionLog[];
  readonly #timer: Timer;
  readonly #wake: () => void;

  constructor(options: {
    host: BrokerHost;
    logs: readonly PartitionLog[];
    maxWaitMs: number;
    onOver: () => void;
  }) {
    this.#logs = options.logs;
    this.#wake = () => {
      this.abandon();
      options.onOver();
    };
    this.#timer = options.host.setTimer(options.maxWaitMs, this.#wake);
    for (const log of this.#logs) {
      log.wait(this.#wake);
    }
  }

  /** Nobody waits for it any more. */
  abandon(): void {
    this.#timer.cancel();
    for (const log of this.#logs) {
      log.stopWaiting(this.#wake);
    }
  }
}
