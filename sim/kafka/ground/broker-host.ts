import type { Timer } from "../../kernel/simulated-process.ts";

/** What a broker needs of the world it runs in. */
export interface BrokerHost {
  /** Whole milliseconds by the broker's clock. */
  nowMs(): number;
  setTimer(delayMs: number, callback: () => void): Timer;
  /** A whole number from 0 to `maximum`, both included: for what Kafka leaves to chance. */
  draw(maximum: number): number;
  trace(kind: string, text: string, detail: number): void;
  /** Ends the run: for what is not simulated. */
  fail(error: Error): void;
}

/** One start of a broker: what it had wanted to do later is not done once it has ended. */
export interface BrokerLife {
  readonly host: BrokerHost;
  end(): void;
}

/** A host for one start of a broker. */
export function beginLife(host: BrokerHost): BrokerLife {
  let isAlive = true;
  return {
    host: {
      nowMs: () => host.nowMs(),
      setTimer: (delayMs, callback) =>
        host.setTimer(delayMs, () => {
          if (isAlive) {
            callback();
          }
        }),
      draw: (maximum) => host.draw(maximum),
      trace: (kind, text, detail) => host.trace(kind, text, detail),
      fail: (error) => host.fail(error),
    },
    end() {
      isAlive = false;
    },
  };
}
