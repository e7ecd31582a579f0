// Held from the start, as the kernel's own drain holds it.
import { setImmediate } from "node:timers";
import { startCpuTime } from "./cpu-time.ts";

/** How many tasks wait at the same time, in the yardstick and in what is measured beside it. */
export const TASKS = 100;

/** How long the task waits next, in microseconds: the same sequence for all contestants. */
export function nextDelayUs(delayUs: number): number {
  return ((delayUs * 31 + 7) % 1_000) + 1;
}

/** The first delay of the task of that number. */
export function firstDelayUs(task: number): number {
  return ((task * 7_919) % 1_000) + 1;
}

/**
 * The unit in which the simulation's costs are told: a bare binary heap with one awaited promise an
 * event, and nothing else of a simulator: no process, no trace, no randomness, no ties. A hundred
 * tasks await one event after the other. It is drained as a simulator has to be, between two of
 * Node's immediates, since an `await` in the loop would cut a longer chain of promises.
 *
 * @returns how many milliseconds `events` events took
 */
export async function measureYardstick(events: number): Promise<number> {
  const heap = new Heap();
  let nowUs = 0;
  let left = events;
  async function task(number: number): Promise<void> {
    let delayUs = firstDelayUs(number);
    while (left > 0) {
      left -= 1;
      await new Promise<void>((resolve) => heap.add(nowUs + delayUs, resolve));
      delayUs = nextDelayUs(delayUs);
    }
  }
  const cpuMs = startCpuTime();
  for (let number = 0; number < TASKS; number += 1) {
    void task(number);
  }
  await new Promise<void>((resolve) => {
    let inBatch = 0;
    function once(): void {
      const entry = heap.take();
      if (entry === undefined) {
        resolve();
        return;
      }
      nowUs = entry.atUs;
      entry.resolve();
      inBatch += 1;
      if (inBatch === BATCH_SIZE) {
        queueBatch();
      }
    }
    function queueBatch(): void {
      inBatch = 0;
      for (let index = 0; index < BATCH_SIZE; index += 1) {
        setImmediate(once);
      }
    }
    queueBatch();
  });
  return cpuMs();
}

const BATCH_SIZE = 256;

interface Entry {
  readonly atUs: number;
  readonly sequence: number;
  readonly resolve: () => void;
}

/** A textbook's binary heap, by time and then by the order of adding. */
class Heap {
  readonly #entries: Entry[] = [];
  #sequence = 0;

  add(atUs: number, resolve: () => void): void {
    const entries = this.#entries;
    const added = { atUs, sequence: this.#sequence, resolve };
    this.#sequence += 1;
    let index = entries.length;
    entries.push(added);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = entries[parentIndex];
      if (parent === undefined || isBefore(parent, added)) {
        break;
      }
      entries[index] = parent;
      index = parentIndex;
    }
    entries[index] = added;
  }

  take(): Entry | undefined {
    const entries = this.#entries;
    const first = entries[0];
    const last = entries.pop();
    if (last === undefined || entries.length === 0) {
      return first;
    }
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = entries[childIndex];
      if (child === undefined) {
        break;
      }
      const right = entries[childIndex + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        childIndex += 1;
      }
      if (isBefore(last, child)) {
        break;
      }
      entries[index] = child;
      index = childIndex;
    }
    entries[index] = last;
    return first;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.atUs < other.atUs || (one.atUs === other.atUs && one.sequence < other.sequence);
}
