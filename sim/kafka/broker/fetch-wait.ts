import type { Timer } from "../../kernel/simulated-process.ts";
import type { BrokerHost } from "../ground/broker-host.ts";
import type { PartitionLog } from "../log/partition-log.ts";

/**
 * A fetch that found too little: it ends when there is enough in its logs, or with its time.
 */
export class FetchWait {
  readonly #logs: readonly PartitionLog[];
  readonly #timer: Timer;
  readonly #wake: () => void;

  constructor(options: {
    host: BrokerHost;
    logs: readonly PartitionLog[];
    maxWaitMs: number;
    /** Asked whenever there is more in one of the logs. */
    isEnough: () => boolean;
    onOver: () => void;
  }) {
    this.#logs = options.logs;
    const end = (): void => {
      this.abandon();
      options.onOver();
    };
    this.#wake = () => {
      if (options.isEnough()) {
        end();
      }
    };
    this.#timer = options.host.setTimer(options.maxWaitMs, end);
    for (const log of this.#logs) {
      log.waitForMore(this.#wake);
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
