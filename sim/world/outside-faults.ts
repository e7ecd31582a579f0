import { KAFKA } from "../../scenarios/faults/effect-name.ts";
import type { OutsideFault } from "../../scenarios/faults/fault.ts";
import type { LinkDirection, LinkEnd } from "../../scenarios/faults/outside.ts";
import type { Latency } from "../network/latency.ts";
import type { Direction, EndFault, Where } from "../network/network-faults.ts";
import type { Servers } from "./servers.ts";

/**
 * How what strikes outside of the processes is done to the servers and to the network. Each call
 * begins one and returns how it ends.
 */
export function createOutsideFaults(servers: Servers): (fault: OutsideFault) => EndFault {
  /** How many outages keep a server down: it comes back with the end of the last. */
  const outages = new Map<string, number>();

  const beginOutage = (server: string): EndFault => {
    const count = outages.get(server) ?? 0;
    outages.set(server, count + 1);
    if (count === 0) {
      goDown(servers, server);
    }
    return () => {
      const left = (outages.get(server) ?? 0) - 1;
      outages.set(server, left);
      if (left === 0) {
        comeBack(servers, server);
      }
    };
  };

  const { faults } = servers.network;
  const onLink = (link: Link, begin: (where: Where) => EndFault): EndFault => {
    const ends = addressesOf(servers, link).map(begin);
    return () => ends.forEach((end) => end());
  };

  return (fault) => {
    switch (fault.kind) {
      case "outage":
        return beginOutage(fault.server);
      case "cut-link":
        return onLink(fault, (where) => faults.cut(where, directionOf(fault)));
      case "held-link":
        return onLink(fault, (where) => faults.hold(where, directionOf(fault)));
      case "slow-link":
        return onLink(fault, (where) => faults.slow(where, latencyOf(fault.latencyMs)));
      case "refused-link":
        return onLink(fault, (where) => faults.refuse(where));
      case "reset-link":
        return onLink(fault, (where) => {
          faults.reset(where);
          return () => {};
        });
    }
  };
}

interface Link {
  readonly process: string;
  readonly to: LinkEnd;
}

/** The connections of the link: those to the process, or its own to a server. */
function addressesOf({ kafkaPorts }: Servers, { process, to }: Link): readonly Where[] {
  switch (to) {
    case "clients":
      return [{ server: process }];
    case KAFKA:
      return kafkaPorts.map(({ address }) => ({ client: process, server: address }));
    case "payment-db":
    case "wallet-db":
      return [{ client: process, server: to }];
  }
}

/** A plan sees a link from the process, the network from the connection's server. */
function directionOf(fault: {
  readonly to: LinkEnd;
  readonly direction: LinkDirection;
}): Direction {
  const { to, direction } = fault;
  if (direction === "both") {
    return "both";
  }
  return (direction === "out") === (to === "clients") ? "to-client" : "to-server";
}

/** About so long: no two messages take the same time. */
function latencyOf(latencyMs: number): Latency {
  return [{ weight: 1, minUs: latencyMs * 500, maxUs: latencyMs * 1_500 }];
}

function goDown(servers: Servers, server: string): void {
  if (server === KAFKA) {
    servers.kafkaPorts.forEach((_port, index) => servers.kafka.stopBroker(index + 1, "killed"));
  } else {
    servers.databaseAt(server).crash();
  }
}

function comeBack(servers: Servers, server: string): void {
  if (server === KAFKA) {
    servers.kafkaPorts.forEach((_port, index) => servers.kafka.startBroker(index + 1, "kept"));
  } else {
    servers.databaseAt(server).restart();
  }
}
