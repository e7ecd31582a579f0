import type { Kernel } from "../kernel/kernel.ts";
import type { RandomStream } from "../kernel/random.ts";
import { TraceLabel } from "../kernel/trace.ts";
import { drawLatency } from "./latency.ts";
import { untilSentAgainUs } from "./retransmission.ts";
import type { Blockade, Route, RoutedLink, Side } from "./route.ts";
import { CallbackArrival, Way, type Arrival, type LinkMessage, type Waiting } from "./way.ts";

/**
 * The two directions between two ends. Messages of one direction arrive in the order in which they
 * were sent, at different microseconds; between directions, and between links, there is no order.
 */
export class Link implements RoutedLink {
  readonly toClient: Way;
  readonly toServer: Way;
  readonly #kernel: Kernel;
  readonly #route: Route;
  readonly #stream: RandomStream;
  #messageCount = 0;
  /** Sent to the server and not answered yet, and of those, which must get no reply. */
  #requestCount = 0;
  #replyCount = 0;
  #repliesToLose: ReadonlySet<number> | null = null;
  #onReset: (side: Side) => void = () => {};

  constructor(options: { kernel: Kernel; name: string; route: Route }) {
    const { kernel, route } = options;
    const name = new TraceLabel(options.name);
    const delayUs = (blockade: Blockade, first: Waiting): number => this.#delayUs(blockade, first);
    this.#kernel = kernel;
    this.#route = route;
    // A link's name comes once in a run, so nobody has to keep its stream once it is gone.
    this.#stream = kernel.random.draw("network.latency", options.name, 0);
    this.toClient = new Way({ kernel, name, to: "client", delayUs });
    this.toServer = new Way({ kernel, name, to: "server", delayUs });
    route.links.add(this);
    this.toClient.block(route.blockadeOf("client"));
    this.toServer.block(route.blockadeOf("server"));
  }

  /** How each end is told that the connection broke. */
  onReset(tell: (side: Side) => void): void {
    this.#onReset = tell;
  }

  send(arrival: Arrival): void {
    const { way } = arrival;
    const { nowUs } = this.#kernel;
    this.#messageCount += 1;
    arrival.ordinal = this.#messageCount;
    const dueUs = nowUs + drawLatency(this.#route.latency, this.#stream);
    const atUs = dueUs > way.lastArrivalUs ? dueUs : way.lastArrivalUs + 1;
    way.lastArrivalUs = atUs;
    this.#kernel.add(arrival, atUs - nowUs);
  }

  sendCallback(way: Way, word: LinkMessage, callback: () => void): void {
    this.send(new CallbackArrival(way, word, callback));
  }

  /** Told of every request, so that the route can lose the reply to the next one. */
  countRequest(): void {
    this.#requestCount += 1;
    if (this.#route.repliesToLose > 0) {
      this.#route.repliesToLose -= 1;
      this.#repliesToLose = new Set([...(this.#repliesToLose ?? []), this.#requestCount]);
    }
  }

  /** Told of every reply that arrives: whether it is lost, and the connection with it. */
  losesReply(): boolean {
    this.#replyCount += 1;
    if (this.#repliesToLose?.has(this.#replyCount) !== true) {
      return false;
    }
    this.reset();
    return true;
  }

  block(to: Side, blockade: Blockade | null): void {
    this.#wayTo(to).block(blockade);
  }

  reset(): void {
    this.toClient.break();
    this.toServer.break();
    this.forget();
    for (const side of SIDES) {
      this.#kernel.schedule({
        delayUs: 0,
        actor: this.toClient.name,
        callback: () => {
          this.#kernel.trace.record("reset", this.toClient.name, side);
          this.#onReset(side);
        },
      });
    }
  }

  /** Nothing goes over it any more. */
  forget(): void {
    this.#route.links.delete(this);
  }

  #wayTo(side: Side): Way {
    return side === "client" ? this.toClient : this.toServer;
  }

  /** What was lost is sent again when TCP's timer fires; what was kept back travels on. */
  #delayUs(blockade: Blockade, { arrival, sinceUs }: Waiting): number {
    const travelUs = drawLatency(this.#route.latency, this.#stream);
    if (blockade === "hold") {
      return travelUs;
    }
    const what = arrival.word === "connect" ? "connect" : "data";
    return travelUs + untilSentAgainUs(what, this.#kernel.nowUs - sinceUs);
  }
}

const SIDES = ["client", "server"] as const;
