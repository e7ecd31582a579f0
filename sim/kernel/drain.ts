// Held from the start, so that a tripwire on the globals never trips the kernel itself.
import process from "node:process";
import { clearImmediate, setImmediate } from "node:timers";
import { enterSimulation, leaveSimulation } from "./inside.ts";

/**
 * How promises are drained between events: `start` calls `step` once per event until it returns
 * false, and before each call every promise job that the last one caused has run, however long the
 * chain. Between `enterSimulation` and `leaveSimulation` nothing of the host runs.
 */
export interface Drain {
  start(step: () => boolean): void;
}

/** Then the host's own events get their turn, so that Ctrl-C and timers still work. */
const EVENTS_BETWEEN_HOST_TURNS = 4_096;

/**
 * Runs Node's own turn of ticks and promise jobs after each event, in a plain loop: it is what Node
 * runs between two immediates, without the immediates, and several times as fast. Node exposes it
 * as `process._tickCallback`, which is not documented; where it is missing or does not drain, this
 * is `drainByImmediates`.
 */
export const drainAtOnce: Drain = {
  start(step) {
    setImmediate(() => {
      const drain = findDrain();
      if (drain === undefined) {
        drainByImmediates.start(step);
      } else {
        drainInLoop(step, drain);
      }
    });
  },
};

const BATCH_SIZE = 256;

/**
 * One event in each of 256 queued immediates: Node runs all ticks and promise jobs between two
 * immediates. It is documented, and what the other is checked against.
 */
export const drainByImmediates: Drain = {
  start(step) {
    const queued: NodeJS.Immediate[] = [];
    function once(): void {
      enterSimulation();
      if (!step()) {
        leaveSimulation();
        queued.forEach((immediate) => clearImmediate(immediate));
      }
    }
    function queueBatch(): void {
      // Also the end of the batch before: whatever it left to do has been done by now.
      leaveSimulation();
      queued.length = 0;
      for (let index = 0; index < BATCH_SIZE; index += 1) {
        queued.push(setImmediate(once));
      }
      queued.push(setImmediate(queueBatch));
    }
    queueBatch();
  },
};

function drainInLoop(step: () => boolean, drain: () => void): void {
  let goesOn = true;
  enterSimulation();
  try {
    for (let events = 0; goesOn && events < EVENTS_BETWEEN_HOST_TURNS; events += 1) {
      goesOn = step();
      if (goesOn) {
        drain();
      }
    }
  } finally {
    // Whatever a tick threw is Node's to report, as behind an immediate.
    leaveSimulation();
    if (goesOn) {
      setImmediate(() => drainInLoop(step, drain));
    }
  }
}

/** Undefined where Node's turn does not run a chain of promises to its end. */
function findDrain(): (() => void) | undefined {
  const callback: unknown = Reflect.get(process, "_tickCallback");
  if (typeof callback !== "function") {
    return undefined;
  }
  const drain = (): void => {
    Reflect.apply(callback, process, []);
  };
  let isDrained = false;
  async function probe(): Promise<void> {
    await Promise.resolve();
    await Promise.resolve();
    isDrained = true;
  }
  void probe();
  drain();
  return isDrained ? drain : undefined;
}
