import type { Kernel } from "../kernel/kernel.ts";
import type { RandomStream } from "../kernel/random.ts";
import type { TellData } from "../kernel/trace-data.ts";
import { TraceLabel } from "../kernel/trace.ts";

/** How long one message travels, in whole microseconds, both bounds included. */
export interface LatencyRange {
  readonly minUs: number;
  readonly maxUs: number;
}

/**
 * The two directions between two ends. Messages of one direction arrive in the order in which they
 * were sent, at different microseconds; between directions, and between links, there is no order.
 *
 * Every message of the network passes `send`: a later cut, hold, reset or slow link is a decision
 * made there.
 */
export class Link {
  readonly #kernel: Kernel;
  /** The link's name, in the trace and as the actor of its events. */
  readonly #name: TraceLabel;
  readonly #latency: LatencyRange;
  readonly #stream: RandomStream;
  readonly #lastArrivalUs = { client: -1, server: -1 };
  #messageCount = 0;

  constructor(options: { kernel: Kernel; name: string; latency: LatencyRange }) {
    this.#kernel = options.kernel;
    this.#name = new TraceLabel(options.name);
    this.#latency = options.latency;
    // A link's name comes once in a run, so nobody has to keep its stream once it is gone.
    this.#stream = options.kernel.random.draw("network.latency", options.name, 0);
  }

  /** `arrive` happens at the other end; with `settlesNothing` as in `Kernel.schedule`. */
  send(
    to: "client" | "server",
    what: LinkMessage,
    arrive: () => void,
    settlesNothing = false,
  ): void {
    const kernel = this.#kernel;
    this.#messageCount += 1;
    const ordinal = this.#messageCount;
    const travelUs = this.#stream.integer(this.#latency.minUs, this.#latency.maxUs);
    const atUs = Math.max(kernel.nowUs + travelUs, this.#lastArrivalUs[to] + 1);
    this.#lastArrivalUs[to] = atUs;
    kernel.schedule({
      delayUs: atUs - kernel.nowUs,
      actor: this.#name.text,
      settlesNothing,
      callback: () => {
        kernel.trace.recordLabels(messages[what], this.#name, directions[to], ordinal);
        arrive();
      },
    });
  }

  /** For who hears of an arrival: what has just arrived. */
  recordData<Message>(message: Message, tell: TellData<Message>): void {
    this.#kernel.trace.recordData(message, tell);
  }
}

const directions = { client: new TraceLabel("client"), server: new TraceLabel("server") };

/** What travels, by its word in the trace. A link makes no difference between them. */
export type LinkMessage = keyof typeof messages;

const messages = {
  connect: new TraceLabel("connect"),
  accept: new TraceLabel("accept"),
  refuse: new TraceLabel("refuse"),
  request: new TraceLabel("request"),
  reply: new TraceLabel("reply"),
  push: new TraceLabel("push"),
  disconnect: new TraceLabel("disconnect"),
  "hang-up": new TraceLabel("hang-up"),
};
