import { KAFKA } from "../../scenarios/faults/effect-name.ts";
import type { OutsideFault } from "../../scenarios/faults/fault.ts";
import type { PlantedBreakFault } from "../../scenarios/faults/kinds/planted-break.ts";
import type { RewoundGroupFault } from "../../scenarios/faults/kinds/rewound-group.ts";
import type { LinkDirection, LinkEnd } from "../../scenarios/faults/outside.ts";
import { plantableIds, plantedBreak } from "../../scenarios/faults/planted-breaks.ts";
import { STRANGER, strayMessage } from "../../scenarios/faults/stranger.ts";
import type { EventType } from "../../system/domain/events.ts";
import { CONSUMER_GROUPS } from "../../system/process/services.ts";
import type { ObservedRecord } from "../kafka/cluster/cluster-observation.ts";
import type { Latency } from "../network/latency.ts";
import type { Direction, EndFault, Where } from "../network/network-faults.ts";
import { clientRows } from "../postgres/client/client-row-codec.ts";
import type { Servers } from "./servers.ts";

/**
 * How what strikes outside of the processes is done to the servers and to the network. Each call
 * begins one and returns how it ends; undefined where it cannot begin yet: then it is asked again.
 */
export function createOutsideFaults(
  servers: Servers,
): (planned: { readonly fault: OutsideFault; readonly index: number }) => EndFault | undefined {
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

  /** What is written to the group's log is there a moment later. */
  const rewinds = new Map<number, "asked" | "done">();
  const rewind = ({ group, back }: RewoundGroupFault, index: number): boolean => {
    const done = () => void rewinds.set(index, "done");
    if (!rewinds.has(index)) {
      rewinds.set(index, "asked");
      if (!servers.kafka.rewindGroup(group, { topics: topicsOf(group), back }, done)) {
        rewinds.delete(index);
      }
    }
    return rewinds.get(index) === "done";
  };

  /** Others may wait for a row meanwhile, and so does who plants. */
  const plants = new Map<number, "asked" | "done">();
  const plant = ({ plant: name }: PlantedBreakFault, index: number): boolean => {
    const ids = plantableIds((service, sql) => clientRows(servers.database(service).read(sql)));
    if (ids !== undefined && !plants.has(index)) {
      const { server, statements } = plantedBreak(name);
      const sqls = statements(ids).map(([, sql]) => sql);
      const done = () => void plants.set(index, "done");
      if (servers.databaseAt(server).change(STRANGER, sqls, done)) {
        plants.set(index, plants.get(index) ?? "asked");
      }
    }
    return plants.get(index) === "done";
  };

  const limits = new Map<string, number[]>();
  const fullDisks = new Map<string, number[]>();
  const slowDisks = new Map<string, number[]>();

  const { faults } = servers.network;
  const onLink = (link: Link, begin: (where: Where) => EndFault): EndFault => {
    const ends = addressesOf(servers, link).map(begin);
    return () => ends.forEach((end) => end());
  };

  const once = (isDone: boolean): EndFault | undefined => (isDone ? () => {} : undefined);
  return ({ fault, index }) => {
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
      case "ended-backends":
        servers.databaseAt(fault.server).terminateAll();
        return () => {};
      case "few-connections":
        return stronger(limits, fault.server, fault.max, (max) => {
          servers.databaseAt(fault.server).maxConnections = max ?? UNLIMITED;
        });
      case "full-disk":
        return stronger(fullDisks, fault.server, 0, (least) => {
          servers.databaseAt(fault.server).disk.isFull = least !== undefined;
        });
      case "slow-disk":
        return stronger(slowDisks, fault.server, -fault.delayMs, (least = 0) => {
          servers.databaseAt(fault.server).disk.flushDelayMs = -least;
        });
      case "held-lock":
        return servers
          .databaseAt(fault.server)
          .beginTransaction([`LOCK TABLE ${fault.table} IN EXCLUSIVE MODE`]);
      case "clock-jump":
        servers.kernel.clockOf(fault.process).jump(fault.byMs * 1_000);
        return () => {};
      case "stray-message":
        return once(sendStray(servers, fault, index));
      case "replayed-topic":
        return once(replay(servers, fault.topic));
      case "planted-break":
        return once(plant(fault, index));
      case "rewound-group":
        return once(rewind(fault, index));
    }
  };
}

/** As many clients as a server takes by default. */
const UNLIMITED = 100;

/**
 * Of several that last at one server, the one with the least value counts; `apply` is told of it,
 * and of none at the end.
 */
function stronger(
  values: Map<string, number[]>,
  server: string,
  value: number,
  apply: (least: number | undefined) => void,
): EndFault {
  const own = values.get(server) ?? [];
  values.set(server, own);
  const tell = () => apply(own.length === 0 ? undefined : Math.min(...own));
  own.push(value);
  tell();
  return () => {
    own.splice(own.indexOf(value), 1);
    tell();
  };
}

function sendStray(
  servers: Servers,
  fault: Parameters<typeof strayMessage>[0],
  index: number,
): boolean {
  const message = strayMessage(fault, (topic) => takenIn(servers, topic), index);
  return message !== undefined && servers.kafka.append(STRANGER, message.topic, message);
}

/** All or nothing: where one partition has no leader, none has, as there is one broker. */
function replay(servers: Servers, topic: EventType): boolean {
  const isTakenIn = takenIn(servers, topic).length > 0;
  const records = isTakenIn ? servers.topics.records(topic) : [];
  return records.length > 0 && records.every((each) => servers.kafka.append(STRANGER, topic, each));
}

/** The records of a topic that its consumers have committed. */
function takenIn({ topics }: Servers, topic: EventType): readonly ObservedRecord[] {
  const [consumer] = CONSUMER_GROUPS.filter((each) => each.topics.includes(topic));
  const progress = consumer === undefined ? [] : topics.progress(consumer.group, topic);
  return topics.records(topic).filter(({ partition, offset }) => {
    const { committed = 0n } = progress.find((each) => each.partition === partition) ?? {};
    return offset < committed;
  });
}

function topicsOf(group: string): readonly string[] {
  return CONSUMER_GROUPS.find((each) => each.group === group)?.topics ?? [];
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
