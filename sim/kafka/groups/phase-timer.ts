import type { Timer } from "../../kernel/simulated-process.ts";
import type { BrokerHost } from "../ground/broker-host.ts";

/** The bound on a phase of a group: set anew, the old one is off. */
export class PhaseTimer {
  readonly #host: BrokerHost;
  #timer: Timer | undefined;

  constructor(host: BrokerHost) {
    this.#host = host;
  }

  set(delayMs: number, onOver: () => void): void {
    this.cancel();
    this.#timer = this.#host.setTimer(delayMs, onOver);
  }

  cancel(): void {
    this.#timer?.cancel();
  }
}
