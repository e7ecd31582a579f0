/**
 * What the engine asks of the world around it. Everything here is the caller's: the engine itself
 * has no clock, no timers, no randomness and no event queue.
 */
export interface PostgresHost {
  /** The server's clock, in microseconds since 1970-01-01, UTC. */
  nowUs(): number;
  /** Calls back once after `delayMs`, as an event of its own; the function returned cancels it. */
  setTimer(delayMs: number, callback: () => void): () => void;
  /**
   * A number from 0 to `count - 1`, drawn where Postgres promises no order: which of several
   * waiters that one commit woke runs first, and the order of rows without ORDER BY. A host that
   * always answers 0 gets the order in which things were written.
   */
  choose(count: number): number;
  /**
   * Runs `callback` later as an event of its own: a session whose lock was granted goes on there.
   */
  wake(callback: () => void): void;
  /**
   * Asked where PostgreSQL may let other sessions run in the middle of a statement: before a row is
   * changed or locked, before the first row, before a commit. False lets the statement go on; true
   * says that `goOn` will be called, once, as an event of its own.
   */
  pause(goOn: () => void): boolean;
  /**
   * Asked at each commit that wrote something. True when it is on disk at once; false says that
   * `durable` will be called, once, as an event of its own, when it is. Until then the work is seen
   * by nobody, and keeps its locks.
   */
  flush(durable: () => void): boolean;
  /** The engine cannot go on truthfully (NotSimulated, or a bug of its own): the run is over. */
  fail(error: unknown): void;
}
