import type { Kernel } from "../kernel/kernel.ts";
import { ScheduledEvent } from "../kernel/scheduled-event.ts";
import { TraceLabel, TraceTopic } from "../kernel/trace.ts";
import type { Blockade, Side } from "./route.ts";

/** What travels, by its word in the trace. */
export type LinkMessage =
  | "connect"
  | "accept"
  | "refuse"
  | "request"
  | "reply"
  | "push"
  | "disconnect"
  | "hang-up"
  | "reset";

/** A message on its way to one end: the event of its arrival. */
export abstract class Arrival extends ScheduledEvent {
  readonly way: Way;
  readonly word: LinkMessage;
  /** Counts the messages of the connection, both ways. */
  ordinal = 0;

  constructor(way: Way, word: LinkMessage, settlesNothing: boolean) {
    super(way.name, undefined, settlesNothing);
    this.way = way;
    this.word = word;
  }

  /** At the other end. */
  abstract arrive(): void;

  protected happen(): void {
    this.way.meet(this);
  }
}

/** An arrival that calls back. */
export class CallbackArrival extends Arrival {
  readonly #callback: () => void;

  constructor(way: Way, word: LinkMessage, callback: () => void) {
    super(way, word, false);
    this.#callback = callback;
  }

  arrive(): void {
    this.#callback();
  }
}

/**
 * One direction of a connection. What arrives while it is blocked waits, and goes on in its order
 * when it no longer is.
 */
export class Way {
  /** The connection's. */
  readonly name: string;
  readonly to: Side;
  /** When the last message that was sent arrives: none arrives before it. */
  lastArrivalUs = -1;
  readonly #kernel: Kernel;
  /** How long after a blockade the first of what waits arrives, in microseconds. */
  readonly #delayUs: (blockade: Blockade, first: Waiting) => number;
  readonly #nameLabel: TraceLabel;
  #blockade: Blockade | null = null;
  readonly #waiting: Waiting[] = [];
  /** The connection broke: nothing arrives any more. */
  #isBroken = false;
  /** Whether what arrives has to wait, or is lost; one question for the most frequent event. */
  #isTroubled = false;
  #isFlushing = false;
  /** Nearly all messages one way have one word. */
  #topic: TraceTopic | undefined;
  #topicWord: LinkMessage | undefined;

  constructor(options: {
    kernel: Kernel;
    name: TraceLabel;
    to: Side;
    delayUs: (blockade: Blockade, first: Waiting) => number;
  }) {
    this.#kernel = options.kernel;
    this.#nameLabel = options.name;
    this.name = options.name.text;
    this.to = options.to;
    this.#delayUs = options.delayUs;
  }

  meet(arrival: Arrival): void {
    if (this.#isTroubled) {
      if (!this.#isBroken) {
        this.#waiting.push({ arrival, sinceUs: this.#kernel.nowUs });
      }
      return;
    }
    this.#deliver(arrival);
  }

  block(blockade: Blockade | null): void {
    const before = this.#blockade;
    this.#blockade = blockade;
    const [first] = this.#waiting;
    if (blockade === null && before !== null && first !== undefined) {
      this.#flushAfter(this.#delayUs(before, first));
    }
    this.#judge();
  }

  break(): void {
    this.#isBroken = true;
    this.#waiting.length = 0;
    this.#judge();
  }

  #judge(): void {
    this.#isTroubled = this.#isBroken || this.#blockade !== null || this.#waiting.length > 0;
  }

  #flushAfter(delayUs: number): void {
    if (!this.#isFlushing) {
      this.#isFlushing = true;
      this.#kernel.schedule({ delayUs, actor: this.name, callback: () => this.#flush() });
    }
  }

  /** One at a time, so that what each leads to happens before the next arrives. */
  #flush(): void {
    this.#isFlushing = false;
    if (this.#blockade !== null) {
      return;
    }
    const next = this.#waiting.shift();
    if (this.#waiting.length > 0) {
      this.#flushAfter(1);
    }
    this.#judge();
    if (next !== undefined) {
      this.#deliver(next.arrival);
    }
  }

  #deliver(arrival: Arrival): void {
    this.#kernel.trace.recordTopic(this.#topicOf(arrival.word), arrival.ordinal);
    arrival.arrive();
  }

  #topicOf(word: LinkMessage): TraceTopic {
    if (word !== this.#topicWord || this.#topic === undefined) {
      this.#topicWord = word;
      this.#topic = new TraceTopic(labels[word], this.#nameLabel, labels[this.to]);
    }
    return this.#topic;
  }
}

/** An arrival that a blockade kept back. */
export interface Waiting {
  readonly arrival: Arrival;
  readonly sinceUs: number;
}

const labels: Readonly<Record<LinkMessage | Side, TraceLabel>> = {
  connect: new TraceLabel("connect"),
  accept: new TraceLabel("accept"),
  refuse: new TraceLabel("refuse"),
  request: new TraceLabel("request"),
  reply: new TraceLabel("reply"),
  push: new TraceLabel("push"),
  disconnect: new TraceLabel("disconnect"),
  "hang-up": new TraceLabel("hang-up"),
  reset: new TraceLabel("reset"),
  client: new TraceLabel("client"),
  server: new TraceLabel("server"),
};
