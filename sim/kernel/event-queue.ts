import { EventHeap } from "./event-heap.ts";
import { ReadyList } from "./ready-list.ts";
import type { EventOwner, ScheduledEvent } from "./scheduled-event.ts";
import type { SchedulingStrategy } from "./scheduling/scheduling-strategy.ts";

/**
 * The one queue of a run. The next event is the one due first; of several that are ready together
 * the strategy chooses.
 */
export class EventQueue {
  readonly #heap = new EventHeap();
  readonly #strategy: SchedulingStrategy;
  readonly #windowUs: number;
  /** Taken off the heap and not yet run. */
  readonly #ready = new ReadyList();

  constructor(strategy: SchedulingStrategy) {
    this.#strategy = strategy;
    this.#windowUs = strategy.windowUs;
  }

  /** Its time must not be before that of the run. */
  add(event: ScheduledEvent): void {
    this.#heap.add(event);
  }

  /** The next event, taken off the queue; undefined when none is left. */
  take(): ScheduledEvent | undefined {
    const heap = this.#heap;
    if (this.#ready.length === 0) {
      const first = heap.take();
      if (first === undefined || !heap.mayBeDueBy(first.atUs + this.#windowUs)) {
        return first;
      }
      this.#ready.insert(first);
    }
    return this.#takeAmongReady();
  }

  /** Lets go of all events of an owner that has exited. */
  dropOwned(owner: EventOwner): void {
    this.#heap.dropOwned(owner);
    this.#ready.drop((event) => event.owner === owner);
  }

  #takeAmongReady(): ScheduledEvent | undefined {
    const ready = this.#ready;
    // The last event may have called off some of them, and scheduled more that is ready now.
    ready.drop(isCancelled);
    if (ready.length === 0) {
      return this.take();
    }
    const untilUs = ready.at(0).atUs + this.#windowUs;
    let next = this.#heap.takeDueBy(untilUs);
    while (next !== undefined) {
      ready.insert(next);
      next = this.#heap.takeDueBy(untilUs);
    }
    if (ready.length === 1) {
      return ready.take(0);
    }
    if (this.#windowUs === 0) {
      return ready.take(this.#strategy.choose(ready));
    }
    const candidates = ready.firstOfEachActor();
    const index = candidates.length === 1 ? 0 : this.#strategy.choose(candidates);
    return ready.take(ready.indexOf(candidates.at(index)));
  }
}

function isCancelled(event: ScheduledEvent): boolean {
  return event.isCancelled;
}
