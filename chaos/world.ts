import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Plan } from "../scenarios/plans/plan.ts";
import { processOf, TOPOLOGY } from "../scenarios/plans/topology.ts";
import type { Universe, World, WorldRun } from "../scenarios/world.ts";
import { TOPICS } from "../system/domain/events.ts";
import type { ServiceName } from "../system/process/roles.ts";
import type { Environment } from "./environment/environment.ts";
import { resetEnvironment } from "./environment/reset.ts";
import { startKeeper, type Keeper } from "./keeper/keeper.ts";
import { startLocalEnvironment, type WantedPorts } from "./local/local.ts";
import { openObservation, type Observation } from "./observation.ts";
import { startServiceFleet, type ServiceFleet } from "./processes/service-fleet.ts";
import { requestOnce } from "./service-client.ts";
import { pickFreePort } from "./toxiproxy/free-ports.ts";
import { openProxy } from "./toxiproxy/open-proxy.ts";

/** The real world: it holds real servers until it is closed. */
export interface RealWorld extends World {
  /** Holds the servers' logs, and a folder `run-N` with the services' for each run. Absolute. */
  readonly logsFolder: string;
  /**
   * Stops the servers and whatever still runs; nothing is left behind. A run in hand rejects at
   * once. May be called twice.
   */
  close(): Promise<void>;
}

const DATABASES: readonly ServiceName[] = ["payment", "wallet"];
const RESET_MS_MAX = 30_000;

/**
 * Starts PostgreSQL, Kafka and Toxiproxy on this machine, and runs plans on them, one at a time:
 * service processes are children that kill themselves at the plan's effects, and every connection
 * of theirs, to the servers and from their clients, passes a proxy of its own. Between two plans
 * the servers are emptied.
 *
 * `logsFolder` keeps the logs; without it they go with the world.
 *
 * @throws EnvironmentMissing, PortTaken, ServerNotReady
 */
export async function createRealWorld(
  options: { readonly logsFolder?: string; readonly ports?: WantedPorts } = {},
): Promise<RealWorld> {
  const keeper = await startKeeper();
  try {
    return await openWorld(keeper, options);
  } catch (error) {
    await keeper.end();
    throw error;
  }
}

async function openWorld(
  keeper: Keeper,
  options: { readonly logsFolder?: string; readonly ports?: WantedPorts },
): Promise<RealWorld> {
  const logsFolder = options.logsFolder ?? join(keeper.folder, "logs");
  const environment = await startLocalEnvironment({
    keeper,
    databases: DATABASES,
    clients: TOPOLOGY.map(({ name, service }) => ({ name, databases: [service] })),
    ports: options.ports ?? {},
    logsFolder,
  });
  const doors = await openDoors(environment);
  const { postgres, kafka, toxiproxy } = environment.versions;
  const closing = new AbortController();
  let runs = 0;
  let busy = false;
  return {
    kind: "real",
    servers: [
      { name: "Apache Kafka", version: kafka },
      { name: "PostgreSQL", version: postgres },
      { name: "Toxiproxy", version: toxiproxy },
    ],
    logsFolder,
    async run(plan, drive) {
      closing.signal.throwIfAborted();
      if (busy) {
        throw new Error("the real world runs one plan at a time, and one is running");
      }
      busy = true;
      runs += 1;
      try {
        const folder = join(logsFolder, `run-${runs}`);
        const site = { keeper, environment, doors, folder, plan, closing: closing.signal };
        return await Promise.race([runPlan(site, drive), whenAborted(closing.signal)]);
      } finally {
        busy = false;
      }
    },
    async close() {
      closing.abort(new Error("the real world was closed"));
      await environment.stop();
      await keeper.end();
    },
  };
}

/**
 * Where a process answers its clients: the port it listens on, and the proxy that its clients go
 * to.
 */
interface Door {
  readonly port: number;
  readonly address: string;
}

async function openDoors(environment: Environment): Promise<ReadonlyMap<string, Door>> {
  const doors = new Map<string, Door>();
  for (const { name } of TOPOLOGY) {
    const port = await pickFreePort();
    const address = await openProxy({
      proxies: environment.proxies,
      client: "client",
      resource: name,
      upstream: `127.0.0.1:${port}`,
    });
    doors.set(name, { port, address });
  }
  return doors;
}

interface RunSite {
  readonly keeper: Keeper;
  readonly environment: Environment;
  readonly doors: ReadonlyMap<string, Door>;
  readonly folder: string;
  readonly plan: Plan;
  readonly closing: AbortSignal;
}

/** Never resolves. @throws the reason, once the signal is aborted */
function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const refuse = () => reject(signal.reason);
    if (signal.aborted) {
      refuse();
    } else {
      signal.addEventListener("abort", refuse, { once: true });
    }
  });
}

async function runPlan<T>(
  site: RunSite,
  drive: (universe: Universe) => Promise<T>,
): Promise<WorldRun<T>> {
  const { keeper, environment, doors, folder, plan, closing } = site;
  await mkdir(folder, { recursive: true });
  await resetEnvironment({
    environment,
    databases: DATABASES,
    topics: TOPICS,
    resetMsMax: RESET_MS_MAX,
  });
  const beganAtMs = Date.now();
  const httpPorts = new Map([...doors].map(([name, { port }]) => [name, port]));
  const fleet = await startServiceFleet({
    keeper,
    environment,
    plan,
    folder,
    httpPorts,
    beganAtMs,
  });
  try {
    const observation = await openObservation(environment);
    try {
      await fleet.begun();
      const universe = universeOf({ fleet, observation, doors, beganAtMs, closing });
      const value = await Promise.race([drive(universe), fleet.failed, whenAborted(closing)]);
      return {
        value,
        traceHash: null,
        elapsedMs: Date.now() - beganAtMs,
        effects: fleet.effects(),
      };
    } finally {
      await observation.close();
    }
  } finally {
    await fleet.stop();
  }
}

function universeOf(parts: {
  readonly fleet: ServiceFleet;
  readonly observation: Observation;
  readonly doors: ReadonlyMap<string, Door>;
  readonly beganAtMs: number;
  readonly closing: AbortSignal;
}): Universe {
  const { fleet, observation, doors, beganAtMs, closing } = parts;
  return {
    nowMs: () => Date.now() - beganAtMs,
    // Rejects when the world is closed: so a driver that retries does not go on without a world.
    sleep: (delayMs) => delay(Math.max(0, delayMs), undefined, { signal: closing }),
    request: (service, request) => requestOnce(doorOf(doors, service).address, request),
    watch: (observer) => fleet.watch(observer),
    firedFaults: () => fleet.fired(),
    heal: () => fleet.heal(),
    query: (service, sql) => observation.query(service, sql),
    records: (topic) => observation.records(topic),
    lag: () => observation.lag(),
  };
}

/** The door of the process that answers a service's clients. */
function doorOf(doors: ReadonlyMap<string, Door>, service: ServiceName): Door {
  const door = doors.get(processOf(service));
  if (door === undefined) {
    throw new Error(`the process of the ${service} service has no door`);
  }
  return door;
}
