import { isBefore, type ScheduledEvent } from "./scheduled-event.ts";
import type { ReadyEvents } from "./scheduling/scheduling-strategy.ts";

/**
 * The events that are ready together, by time and then by the order of scheduling. Its places are
 * used again and again: an array that is emptied and filled at every tie costs more than the tie.
 */
export class ReadyList implements ReadyEvents {
  readonly #places: (ScheduledEvent | undefined)[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @throws RangeError when there is no such place */
  at(index: number): ScheduledEvent {
    const event = index < this.#length ? this.#places[index] : undefined;
    if (event === undefined) {
      throw new RangeError(`there is no place ${index} among ${this.#length} ready events`);
    }
    return event;
  }

  /** Most come behind all others. An event that was held up may be due before others. */
  insert(event: ScheduledEvent): void {
    const places = this.#places;
    let index = this.#length;
    this.#length += 1;
    while (index > 0) {
      const before = places[index - 1];
      if (before === undefined || isBefore(before, event)) {
        break;
      }
      places[index] = before;
      index -= 1;
    }
    places[index] = event;
  }

  /** @throws RangeError when there is no such place */
  take(index: number): ScheduledEvent {
    const taken = this.at(index);
    const places = this.#places;
    this.#length -= 1;
    for (let place = index; place < this.#length; place += 1) {
      places[place] = places[place + 1];
    }
    places[this.#length] = undefined;
    return taken;
  }

  /** Takes out those that the test names, and forgets them. */
  drop(isDropped: (event: ScheduledEvent) => boolean): void {
    for (let index = this.#length - 1; index >= 0; index -= 1) {
      if (isDropped(this.at(index))) {
        this.take(index);
      }
    }
  }

  /** Only the first of each actor: what one meets keeps its order. */
  firstOfEachActor(): ReadyList {
    const seen = new Set<string>();
    const firsts = new ReadyList();
    for (let index = 0; index < this.#length; index += 1) {
      const event = this.at(index);
      if (!seen.has(event.actor)) {
        seen.add(event.actor);
        firsts.insert(event);
      }
    }
    return firsts;
  }

  indexOf(event: ScheduledEvent): number {
    return this.#places.indexOf(event);
  }
}
