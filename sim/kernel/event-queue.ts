import type { ReadyEvent, TieBreak } from "./tie-break.ts";

/** Whose event it is: a process. */
export interface EventOwner {
  readonly isRunning: boolean;
  readonly isPaused: boolean;
  act(callback: () => void): void;
}

/**
 * Something that will happen. It is dead once cancelled, or once its owner is no longer running.
 */
export class ScheduledEvent implements ReadyEvent {
  readonly atUs: number;
  readonly sequence: number;
  readonly actor: string;
  /** As in `Kernel.schedule`. */
  readonly settlesNothing: boolean;
  readonly #owner: EventOwner | undefined;
  #callback: (() => void) | undefined;

  constructor(parts: {
    atUs: number;
    sequence: number;
    actor: string;
    settlesNothing: boolean;
    owner: EventOwner | undefined;
    callback: () => void;
  }) {
    this.atUs = parts.atUs;
    this.sequence = parts.sequence;
    this.actor = parts.actor;
    this.settlesNothing = parts.settlesNothing;
    this.#owner = parts.owner;
    this.#callback = parts.callback;
  }

  get isDead(): boolean {
    return this.#callback === undefined || this.#owner?.isRunning === false;
  }

  /** By its owner where it has one: a process that is paused does it when it goes on. */
  run(): void {
    if (this.#owner?.isPaused === true) {
      // It may be called off before then.
      this.#owner.act(() => this.#callback?.());
    } else {
      this.#callback?.();
    }
  }

  /** It will not happen; what it held on to is free at once. */
  cancel(): void {
    this.#callback = undefined;
  }
}

/**
 * Events by time, then by the order of scheduling; among those due at the same microsecond the
 * tie-break chooses. Dead events are skipped without moving time.
 */
export class EventQueue {
  readonly #tieBreak: TieBreak;
  /** A binary heap: the children of i are 2i+1 and 2i+2, and no child is due before its parent. */
  readonly #heap: ScheduledEvent[] = [];
  /** Taken off the heap for one instant and not yet run, in the order of scheduling. */
  #ready: ScheduledEvent[] = [];

  constructor(tieBreak: TieBreak) {
    this.#tieBreak = tieBreak;
  }

  /** Its time must not be before that of the last event taken. */
  add(event: ScheduledEvent): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || !isBefore(event, parent)) {
        break;
      }
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = event;
  }

  /** The next live event, taken off the queue; undefined when none is left. */
  take(): ScheduledEvent | undefined {
    if (this.#ready.length === 0) {
      const first = this.#popLive();
      if (first === undefined) {
        return undefined;
      }
      if (this.#peekLive()?.atUs !== first.atUs) {
        return first;
      }
      this.#ready.push(first);
    }
    return this.#takeAmongReady();
  }

  #takeAmongReady(): ScheduledEvent | undefined {
    const atUs = this.#ready[0]?.atUs;
    // The last event may have scheduled more for this instant, or killed some that waited for it.
    while (this.#peekLive()?.atUs === atUs) {
      const also = this.#popLive();
      if (also !== undefined) {
        this.#ready.push(also);
      }
    }
    if (this.#ready.some((event) => event.isDead)) {
      this.#ready = this.#ready.filter((event) => !event.isDead);
    }
    if (this.#ready.length === 0) {
      return this.take();
    }
    const index = this.#ready.length === 1 ? 0 : this.#tieBreak.choose(this.#ready);
    const [chosen] = this.#ready.splice(index, 1);
    if (chosen === undefined) {
      throw new RangeError(`the tie-break chose ${index} of ${this.#ready.length} ready events`);
    }
    return chosen;
  }

  #peekLive(): ScheduledEvent | undefined {
    while (this.#heap[0]?.isDead === true) {
      this.#pop();
    }
    return this.#heap[0];
  }

  #popLive(): ScheduledEvent | undefined {
    this.#peekLive();
    return this.#pop();
  }

  #pop(): ScheduledEvent | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) {
      return first;
    }
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = heap[childIndex];
      if (child === undefined) {
        break;
      }
      const right = heap[childIndex + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        childIndex += 1;
      }
      if (!isBefore(child, last)) {
        break;
      }
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(one: ScheduledEvent, other: ScheduledEvent): boolean {
  return one.atUs < other.atUs || (one.atUs === other.atUs && one.sequence < other.sequence);
}
