import { LOCAL_LATENCY, type Latency } from "./latency.ts";

/** Which end a message goes to. */
export type Side = "client" | "server";

/** What keeps messages of one direction from arriving: their packets are lost, or kept back. */
export type Blockade = "cut" | "hold";

/** A connection, as a fault of its route sees it. */
export interface RoutedLink {
  /** Messages to that side no longer arrive; null: what waited arrives, and then what follows. */
  block(to: Side, blockade: Blockade | null): void;
  /** Breaks: what is under way is lost, and both ends are told. */
  reset(): void;
}

/** All connections of one client process to one address, and what the network does to them. */
export class Route {
  readonly client: string;
  readonly server: string;
  readonly links = new Set<RoutedLink>();
  latency: Latency = LOCAL_LATENCY;
  refuses = false;
  /** So many of the requests that are sent next get no reply: their connection breaks instead. */
  repliesToLose = 0;
  readonly #blockades: Record<Side, Blockade | null> = { client: null, server: null };

  constructor(client: string, server: string) {
    this.client = client;
    this.server = server;
  }

  blockadeOf(to: Side): Blockade | null {
    return this.#blockades[to];
  }

  setBlockade(to: Side, blockade: Blockade | null): void {
    if (this.#blockades[to] !== blockade) {
      this.#blockades[to] = blockade;
      for (const link of this.links) {
        link.block(to, blockade);
      }
    }
  }
}
