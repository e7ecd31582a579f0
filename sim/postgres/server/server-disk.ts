import type { PostgresEngine } from "./postgres-engine.ts";

/** What can be done to the disk of a server: a commit that wrote something waits for it. */
export interface PostgresDisk {
  /** How long a commit takes to reach it. */
  flushDelayMs: number;
  /** While true, no commit reaches it. What waits goes on when it becomes false. */
  isStuck: boolean;
  /** While true, whatever needs more of it ends with 53100. */
  isFull: boolean;
}

/** The disk of a server, as the engine asks for it and as faults change it. */
export class ServerDisk implements PostgresDisk {
  flushDelayMs = 0;
  readonly #engine: PostgresEngine;
  readonly #schedule: (delayMs: number, callback: () => void) => void;
  #isStuck = false;
  #isFull = false;
  #waiting: (() => void)[] = [];

  constructor(engine: PostgresEngine, schedule: (delayMs: number, callback: () => void) => void) {
    this.#engine = engine;
    this.#schedule = schedule;
  }

  get isStuck(): boolean {
    return this.#isStuck;
  }

  set isStuck(isStuck: boolean) {
    this.#isStuck = isStuck;
    if (!isStuck) {
      for (const durable of this.#waiting.splice(0)) {
        this.#schedule(this.flushDelayMs, durable);
      }
    }
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  set isFull(isFull: boolean) {
    this.#isFull = isFull;
    this.#engine.diskIsFull = isFull;
  }

  flush(durable: () => void): boolean {
    if (this.#isStuck) {
      this.#waiting.push(durable);
      return false;
    }
    if (this.flushDelayMs > 0) {
      this.#schedule(this.flushDelayMs, durable);
      return false;
    }
    return true;
  }

  /** The server is gone, and with it all that waited. */
  forget(): void {
    this.#waiting = [];
  }
}
