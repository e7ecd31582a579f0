// Held from the start, so that a tripwire on the globals never trips the kernel itself.
import { clearImmediate, setImmediate } from "node:timers";

/**
 * How promises are drained between events: `start` calls `step` once per event until it returns
 * false, and before each call every promise job that the last one caused has run, however long the
 * chain.
 */
export interface Drain {
  start(step: () => boolean): void;
}

const BATCH_SIZE = 256;

/**
 * One event in each of 256 queued immediates; Node runs all ticks and microtasks between two
 * immediates. The host's own events get their turn after every batch, so Ctrl-C and timers still
 * work.
 */
export const drainByImmediates: Drain = { start: (step) => drainInBatches(step, BATCH_SIZE) };

/**
 * One immediate per event: the plainest sound way, and the slowest. The others are checked against
 * it.
 */
export const drainOneByOne: Drain = { start: (step) => drainInBatches(step, 1) };

/**
 * A tick asked for by a microtask: the tick runs only once the microtask queue is empty. Not sound
 * where the simulated code asks for ticks itself. Yields to the host every 4,096 events.
 */
export const drainByTicks: Drain = {
  start(step) {
    let eventsUntilYield = 4_096;
    function tick(): void {
      if (!step()) {
        return;
      }
      eventsUntilYield -= 1;
      if (eventsUntilYield > 0) {
        queueMicrotask(askForTick);
        return;
      }
      eventsUntilYield = 4_096;
      setImmediate(tick);
    }
    function askForTick(): void {
      process.nextTick(tick);
    }
    setImmediate(tick);
  },
};

function drainInBatches(step: () => boolean, size: number): void {
  const queued: NodeJS.Immediate[] = [];
  let position = 0;
  function once(): void {
    position += 1;
    if (!step()) {
      for (const immediate of queued.slice(position)) {
        clearImmediate(immediate);
      }
      return;
    }
    if (position === size) {
      queueBatch();
    }
  }
  function queueBatch(): void {
    position = 0;
    queued.length = 0;
    for (let index = 0; index < size; index += 1) {
      queued.push(setImmediate(once));
    }
  }
  queueBatch();
}
