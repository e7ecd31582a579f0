import type { PostgresHost } from "../../../sim/postgres/ground/host.ts";
import type { Draws } from "../draws.ts";

/** Of a hundred events, how many are the disk's, where it has something to do. */
const DISK_PERCENT = 15;

/**
 * A host whose seed decides everything that it is asked: which event is next, where a statement is
 * interrupted, how long the disk takes, and what PostgreSQL leaves open.
 */
export class SeededHost implements PostgresHost {
  readonly #draws: Draws;
  #events: (() => void)[] = [];
  /** What the disk has still to do: slow beside everything else. */
  #flushes: (() => void)[] = [];
  #timers: { readonly atMs: number; readonly callback: () => void }[] = [];
  #nowMs = 0;

  constructor(draws: Draws) {
    this.#draws = draws;
  }

  /** Runs one event, or the next timer when there is none. False when nothing is left. */
  step(): boolean {
    const isDiskDone = this.#events.length === 0 || this.#draws.chance(DISK_PERCENT);
    const flush = isDiskDone ? this.#flushes.shift() : undefined;
    if (flush !== undefined) {
      flush();
      return true;
    }
    const event = this.#events[this.#draws.below(Math.max(this.#events.length, 1))];
    if (event !== undefined) {
      this.#events = this.#events.filter((other) => other !== event);
      event();
      return true;
    }
    const [timer] = this.#timers.toSorted((left, right) => left.atMs - right.atMs);
    if (timer === undefined) {
      return false;
    }
    this.#timers = this.#timers.filter((other) => other !== timer);
    this.#nowMs = timer.atMs;
    timer.callback();
    return true;
  }

  /** What was under way is lost, as with the machine. */
  forget(): void {
    this.#events = [];
    this.#flushes = [];
    this.#timers = [];
  }

  nowUs(): number {
    return this.#nowMs * 1_000;
  }

  setTimer(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  choose(count: number): number {
    return this.#draws.below(count);
  }

  wake(callback: () => void): void {
    this.#events.push(callback);
  }

  pause(goOn: () => void): boolean {
    if (!this.#draws.chance(20)) {
      return false;
    }
    this.#events.push(goOn);
    return true;
  }

  flush(durable: () => void): boolean {
    if (this.#draws.chance(20)) {
      return true;
    }
    this.#flushes.push(durable);
    return false;
  }

  fail(error: unknown): void {
    throw error;
  }
}
