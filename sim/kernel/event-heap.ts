import type { EventOwner, ScheduledEvent } from "./scheduled-event.ts";

/**
 * A binary heap of events by time, then by the order of scheduling: the children of i are 2i+1 and
 * 2i+2, and no child comes before its parent. Cancelled events are skipped when they come first.
 */
export class EventHeap {
  #events: ScheduledEvent[] = [];

  add(event: ScheduledEvent): void {
    const events = this.#events;
    let index = events.length;
    events.push(event);
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

  #pop(): ScheduledEvent | undefined {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (last === undefined || events.length === 0) {
      return first;
    }
    const { length } = events;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      // A read beyond the end would cost more than the comparison.
      let child = childIndex < length ? events[childIndex] : undefined;
      if (child === undefined) {
        break;
      }
      const right = childIndex + 1 < length ? events[childIndex + 1] : undefined;
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        childIndex += 1;
      }
      if (isBefore(last, child)) {
        break;
      }
      events[index] = child;
      index = childIndex;
    }
    events[index] = last;
    return first;
  }
}

function isBefore(one: ScheduledEvent, other: ScheduledEvent): boolean {
  return one.atUs < other.atUs || (one.atUs === other.atUs && one.sequence < other.sequence);
}
