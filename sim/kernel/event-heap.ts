import { isBefore, type EventOwner, type ScheduledEvent } from "./scheduled-event.ts";

/**
 * A binary heap of events by time, then by the order of scheduling: the children of i are 2i+1 and
 * 2i+2, and no child comes before its parent. Cancelled events are skipped when they come first.
 */
export class EventHeap {
  #events: ScheduledEvent[] = [];

  add(event: ScheduledEvent): void {
    const index = this.#events.length;
    this.#events.push(event);
    this.#rise(event, index);
  }

  /** Whether anything may be due by then: the first event, which may be a cancelled one, is. */
  mayBeDueBy(us: number): boolean {
    const first = this.#events[0];
    return first !== undefined && first.atUs <= us;
  }

  /** The next event, taken off; undefined when none is left. */
  take(): ScheduledEvent | undefined {
    let first = this.#pop();
    while (first?.isCancelled === true) {
      first = this.#pop();
    }
    return first;
  }

  /** The next event, if it is due by then. */
  takeDueBy(us: number): ScheduledEvent | undefined {
    while (this.mayBeDueBy(us)) {
      const first = this.#pop();
      if (first?.isCancelled === false) {
        return first;
      }
    }
    return undefined;
  }

  /** Lets go of all events of an owner that has exited: rare, so it may cost a walk over all. */
  dropOwned(owner: EventOwner): void {
    const kept = this.#events.filter((event) => event.owner !== owner && !event.isCancelled);
    this.#events = [];
    for (const event of kept) {
      this.add(event);
    }
  }

  /**
   * The hole that the first leaves sinks to the bottom, and the last rises from there: it came from
   * the bottom and seldom rises far, so there is hardly more than one comparison for each level.
   */
  #pop(): ScheduledEvent | undefined {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (last === undefined || events.length === 0) {
      return first;
    }
    const { length } = events;
    let hole = 0;
    let childIndex = 1;
    while (childIndex < length) {
      let child = events[childIndex];
      const right = childIndex + 1 < length ? events[childIndex + 1] : undefined;
      if (right !== undefined && child !== undefined && isBefore(right, child)) {
        child = right;
        childIndex += 1;
      }
      if (child !== undefined) {
        events[hole] = child;
      }
      hole = childIndex;
      childIndex = 2 * hole + 1;
    }
    this.#rise(last, hole);
    return first;
  }

  /** Puts an event at that place or above it. */
  #rise(event: ScheduledEvent, place: number): void {
    const events = this.#events;
    let index = place;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = events[parentIndex];
      if (parent === undefined || isBefore(parent, event)) {
        break;
      }
      events[index] = parent;
      index = parentIndex;
    }
    events[index] = event;
  }
}
