import type { Timer } from "../../kernel/simulated-process.ts";
import type { BrokerHost } from "../ground/broker-host.ts";

/**
 * Members that were given a name and have not come back with it yet. A rebalance waits for them, up
 * to their session time-out.
 */
export class PendingMembers {
  readonly #host: BrokerHost;
  readonly #timers = new Map<string, Timer>();

  constructor(host: BrokerHost) {
    this.#host = host;
  }

  get size(): number {
    return this.#timers.size;
  }

  has(memberId: string): boolean {
    return this.#timers.has(memberId);
  }

  /** `onExpired` is told when it has not come back in time. */
  add(memberId: string, timeoutMs: number, onExpired: () => void): void {
    const timer = this.#host.setTimer(timeoutMs, () => {
      this.#timers.delete(memberId);
      onExpired();
    });
    this.#timers.set(memberId, timer);
  }

  /** It has come back, or is not waited for any more. Whether it was. */
  forget(memberId: string): boolean {
    this.#timers.get(memberId)?.cancel();
    return this.#timers.delete(memberId);
  }

  forgetAll(): void {
    for (const memberId of [...this.#timers.keys()]) {
      this.forget(memberId);
    }
  }
}
