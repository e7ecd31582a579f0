import type { Kernel } from "../kernel/kernel.ts";
import { demandLatency, type Latency } from "./latency.ts";
import { Route, type Blockade, type Side } from "./route.ts";

/**
 * Which connections a fault concerns: those of a client process, those to an address, or those that
 * are both; with neither, all.
 */
export interface Where {
  readonly client?: string;
  readonly server?: string;
}

/** Messages to the server, messages to the client, or both. */
export type Direction = "to-server" | "to-client" | "both";

/** Ends the fault. Called again it does nothing. */
export type EndFault = () => void;

/**
 * What can be done to the network, to the connections that stand and to those that come. Faults may
 * overlap: a message arrives once none of them keeps it.
 */
export class NetworkFaults {
  readonly #kernel: Kernel;
  readonly #latency: Latency;
  readonly #routes = new Map<string, Route>();
  /** Those that last, in the order in which they began. */
  readonly #rules = new Set<Rule>();

  constructor(kernel: Kernel, latency: Latency) {
    this.#kernel = kernel;
    this.#latency = demandLatency(latency);
  }

  /**
   * Packets are lost. TCP sends them again, so after the end everything arrives, in order, once the
   * sender tries again: up to about as long after the end as the cut had lasted. Meanwhile neither
   * end learns anything, not even that the other is dead, and no connection comes about.
   */
  cut(where: Where, direction: Direction = "both"): EndFault {
    return this.#begin({ where, kind: "cut", direction });
  }

  /** Messages are kept back, and released at the end, in order: as by a proxy that stalls. */
  hold(where: Where, direction: Direction = "both"): EndFault {
    return this.#begin({ where, kind: "hold", direction });
  }

  /** Messages that are sent meanwhile travel so long. Of several such faults the last counts. */
  slow(where: Where, latency: Latency): EndFault {
    return this.#begin({ where, kind: "slow", latency: demandLatency(latency) });
  }

  /** No new connection comes about: it is refused at once. Those that stand go on. */
  refuse(where: Where): EndFault {
    return this.#begin({ where, kind: "refuse" });
  }

  /** Connections that stand break: what is under way is lost, and both ends are told. */
  reset(where: Where): void {
    this.#record(where, "reset");
    for (const route of this.#routesOf(where)) {
      for (const link of [...route.links]) {
        link.reset();
      }
    }
  }

  /**
   * The next request that is sent takes effect and is not answered: its connection breaks instead.
   * On each route of its own, if several match.
   */
  loseReply(where: Where): void {
    this.#record(where, "lose-reply");
    for (const route of this.#routesOf(where)) {
      route.repliesToLose += 1;
    }
  }

  /** For the network: the route of a new connection. */
  routeOf(client: string, server: string): Route {
    const key = `${client}\n${server}`;
    let route = this.#routes.get(key);
    if (route === undefined) {
      route = new Route(client, server);
      this.#routes.set(key, route);
      this.#apply(route);
    }
    return route;
  }

  #begin(rule: Rule): EndFault {
    this.#rules.add(rule);
    this.#changed(rule, "begins");
    return () => {
      if (this.#rules.delete(rule)) {
        this.#changed(rule, "ends");
      }
    };
  }

  #changed({ where, kind }: Rule, what: string): void {
    this.#record(where, `${kind} ${what}`);
    this.#routesOf(where).forEach((route) => this.#apply(route));
  }

  #record({ client = "any", server = "any" }: Where, text: string): void {
    this.#kernel.trace.record("network", `${client}/${server}`, text);
  }

  #routesOf(where: Where): readonly Route[] {
    return [...this.#routes.values()].filter((route) => matches(where, route));
  }

  #apply(route: Route): void {
    let latency = this.#latency;
    let refuses = false;
    const blockades: Record<Side, Blockade | null> = { client: null, server: null };
    for (const rule of this.#rules) {
      if (!matches(rule.where, route)) {
        continue;
      }
      switch (rule.kind) {
        case "slow":
          latency = rule.latency;
          break;
        case "refuse":
          refuses = true;
          break;
        case "cut":
        case "hold":
          for (const side of SIDES_OF[rule.direction]) {
            // What is lost as well as held comes as late as what is lost.
            blockades[side] = blockades[side] === "cut" ? "cut" : rule.kind;
          }
      }
    }
    route.latency = latency;
    route.refuses = refuses;
    route.setBlockade("client", blockades.client);
    route.setBlockade("server", blockades.server);
  }
}

type Rule =
  | { readonly kind: "cut" | "hold"; readonly where: Where; readonly direction: Direction }
  | { readonly kind: "slow"; readonly where: Where; readonly latency: Latency }
  | { readonly kind: "refuse"; readonly where: Where };

const SIDES_OF: Readonly<Record<Direction, readonly Side[]>> = {
  "to-server": ["server"],
  "to-client": ["client"],
  both: ["client", "server"],
};

function matches({ client, server }: Where, route: Route): boolean {
  return (
    (client === undefined || client === route.client) &&
    (server === undefined || server === route.server)
  );
}
