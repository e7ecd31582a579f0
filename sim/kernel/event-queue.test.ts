import { expect, test } from "vitest";
import { EventQueue } from "./event-queue.ts";
import { Random } from "./random.ts";
import { CallbackEvent } from "./scheduled-event.ts";
import { fifo } from "./scheduling/fifo.ts";
import type { SchedulingStrategy } from "./scheduling/scheduling-strategy.ts";

function eventAt(atUs: number, sequence: number, actor = ""): CallbackEvent {
  const event = new CallbackEvent({
    actor,
    owner: undefined,
    settlesNothing: false,
    callback: () => {},
  });
  event.atUs = atUs;
  event.sequence = sequence;
  return event;
}

function takeAll(queue: EventQueue): readonly CallbackEvent[] {
  const taken: CallbackEvent[] = [];
  for (let event = queue.take(); event !== undefined; event = queue.take()) {
    if (event instanceof CallbackEvent) {
      taken.push(event);
    }
  }
  return taken;
}

test("a thousand events come out sorted by time, ties in the order of scheduling", () => {
  const random = new Random("heap");
  const stream = random.stream("times");
  const queue = new EventQueue(fifo(random));
  const events = Array.from({ length: 1_000 }, (_, sequence) =>
    eventAt(stream.integer(0, 100), sequence),
  );
  for (const event of events) {
    queue.add(event);
  }
  for (const event of events.filter((candidate) => candidate.sequence % 7 === 0)) {
    event.cancel();
  }
  const expected = events
    .filter((event) => event.sequence % 7 !== 0)
    .toSorted((one, other) => one.atUs - other.atUs || one.sequence - other.sequence);
  expect(takeAll(queue)).toEqual(expected);
});

/** Takes the one due last of those that are ready. */
const lastFirst: SchedulingStrategy = { windowUs: 10, choose: ({ length }) => length - 1 };

test("within its window a strategy may hold an event up, and never beyond", () => {
  const queue = new EventQueue(lastFirst);
  [0, 5, 10, 11, 20].forEach((atUs, sequence) => queue.add(eventAt(atUs, sequence, `${atUs}`)));
  expect(takeAll(queue).map(({ atUs }) => atUs)).toEqual([10, 5, 0, 20, 11]);
});

test("in a window what one actor meets keeps its order", () => {
  const queue = new EventQueue(lastFirst);
  queue.add(eventAt(1, 1, "a"));
  queue.add(eventAt(2, 2, "b"));
  queue.add(eventAt(3, 3, "a"));
  queue.add(eventAt(4, 4, "b"));
  expect(takeAll(queue).map(({ sequence }) => sequence)).toEqual([2, 4, 1, 3]);
});
