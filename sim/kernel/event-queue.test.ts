import { expect, test } from "vitest";
import { EventQueue, ScheduledEvent } from "./event-queue.ts";
import { Random } from "./random.ts";
import { fifo } from "./tie-break.ts";

test("a thousand events come out sorted by time, ties in the order of scheduling", () => {
  const random = new Random("heap");
  const stream = random.stream("times");
  const queue = new EventQueue(fifo(random));
  const events = Array.from({ length: 1_000 }, (_, sequence) => {
    const atUs = stream.integer(0, 100);
    return new ScheduledEvent({
      atUs,
      sequence,
      actor: "",
      settlesNothing: false,
      owner: undefined,
      callback: () => {},
    });
  });
  for (const event of events) {
    queue.add(event);
  }
  for (const event of events.filter((candidate) => candidate.sequence % 7 === 0)) {
    event.cancel();
  }
  const taken: ScheduledEvent[] = [];
  for (let event = queue.take(); event !== undefined; event = queue.take()) {
    taken.push(event);
  }
  const expected = events
    .filter((event) => event.sequence % 7 !== 0)
    .toSorted((one, other) => one.atUs - other.atUs || one.sequence - other.sequence);
  expect(taken).toEqual(expected);
});
