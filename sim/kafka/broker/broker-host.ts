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
