import { EventHeap } from "./event-heap.ts";
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
  /** Taken off the heap and not yet run, by time and order of scheduling. */
  #ready: ScheduledEvent[] = [];

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
      this.#ready.push(first);
    }
    return this.#takeAmongReady();
  }

  /** Lets go of all events of an owner that has exited. */
  dropOwned(owner: EventOwner): void {
    this.#heap.dropOwned(owner);
    this.#ready = this.#ready.filter((event) => event.owner !== owner);
  }

  #takeAmongReady(): ScheduledEvent | undefined {
    this.#dropCancelled();
    const ready = this.#ready;
    const first = ready[0];
    if (first === undefined) {
      return this.take();
    }
    // The last event may have scheduled more that is ready now.
    const untilUs = first.atUs + this.#windowUs;
    let next = this.#heap.takeDueBy(untilUs);
    while (next !== undefined) {
      insert(ready, next);
      next = this.#heap.takeDueBy(untilUs);
    }
    const candidates = this.#windowUs === 0 ? ready : firstOfEachActor(ready);
    const index = candidates.length === 1 ? 0 : this.#strategy.choose(candidates);
    const chosen = candidates[index];
    if (chosen === undefined) {
      throw new RangeError(`the strategy chose ${index} of ${candidates.length} ready events`);
    }
    ready.splice(ready.indexOf(chosen), 1);
    return chosen;
  }

  #dropCancelled(): void {
    for (const { isCancelled } of this.#ready) {
      if (isCancelled) {
        this.#ready = this.#ready.filter((event) => !event.isCancelled);
        return;
      }
    }
  }
}

/** Most come behind all others. An event that was held up may be due before others. */
function insert(events: ScheduledEvent[], event: ScheduledEvent): void {
  let index = events.length;
  for (let last = events[index - 1]; last !== undefined; last = events[index - 1]) {
    if (last.atUs < event.atUs || (last.atUs === event.atUs && last.sequence < event.sequence)) {
      break;
    }
    index -= 1;
  }
  events.splice(index, 0, event);
}

/** What one actor meets keeps its order: messages of a connection do not overtake each other. */
function firstOfEachActor(events: readonly ScheduledEvent[]): readonly ScheduledEvent[] {
  const seen = new Set<string>();
  return events.filter(({ actor }) => !seen.has(actor) && seen.add(actor));
}
