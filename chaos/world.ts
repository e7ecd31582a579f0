import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Plan } from "../scenarios/plans/plan.ts";
import { UnrunnablePlan, type Universe, type World, type WorldRun } from "../scenarios/world.ts";
import { ALL_TOPICS } from "../system/domain/events.ts";
import { SERVICES, type ServiceName } from "../system/process/services.ts";
import type { Environment } from "./environment/environment.ts";
import { resetEnvironment } from "./environment/reset.ts";
import { freshLogs } from "./keeper/fresh-logs.ts";
import { startKeeper, type Keeper } from "./keeper/keeper.ts";
import { startLocalEnvironment, type WantedPorts } from "./local/local.ts";
import { openObservation, type Observation } from "./observation.ts";
import { REAL_ABILITIES } from "./processes/real-faults.ts";
import { openSeats, SEAT_NAMES, type Seat } from "./processes/seat.ts";
import { startServiceFleet, type ServiceFleet } from "./processes/service-fleet.ts";
import { requestOnce } from "./service-client.ts";

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

const DATABASES: readonly ServiceName[] = SERVICES.map(({ name }) => name);
const RESET_MS_MAX = 30_000;

/**
 * Starts PostgreSQL, Kafka and Toxiproxy on this machine, and runs plans on them, one at a time:
 * service processes are children that kill themselves at the plan's effects, and every connection
 * of theirs, to the servers and from their clients, passes a proxy of its own. Between two plans
 * the servers are emptied.
 *
 * `logsFolder` keeps the logs, and what an earlier world left there goes; without it they go with
 * the world.
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
  await freshLogs(logsFolder);
  const environment = await startLocalEnvironment({
    keeper,
    databases: DATABASES,
    clients: SEAT_NAMES.map((name) => ({ name, databases: DATABASES })),
    ports: options.ports ?? {},
    logsFolder,
  });
  const seats = await openSeats(environment);
  const { postgres, kafka, toxiproxy } = environment.versions;
  const closing = new AbortController();
  let runs = 0;
  let busy = false;
  return {
    kind: "real",
    abilities: REAL_ABILITIES,
    limits: [
      "Real servers were watched from outside: the end of each run was judged, not each step on the way, and only the interleavings that happened to occur were seen.",
    ],
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
        const site = { keeper, environment, seats, folder, plan, closing: closing.signal };
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

interface RunSite {
  readonly keeper: Keeper;
  readonly environment: Environment;
  readonly seats: readonly Seat[];
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
  const { keeper, environment, folder, plan, closing } = site;
  const seats = seatProcesses(plan, site.seats);
  // Not one that was there before: its reports would be taken for those of this run.
  await mkdir(folder);
  await resetEnvironment({
    environment,
    databases: DATABASES,
    topics: ALL_TOPICS,
    resetMsMax: RESET_MS_MAX,
  });
  const beganAtMs = Date.now();
  const fleet = await startServiceFleet({
    keeper,
    seats,
    plan,
    folder,
    beganAtMs,
  });
  try {
    const observation = await openObservation(environment);
    try {
      await fleet.begun();
      const universe = universeOf({ fleet, observation, seats, beganAtMs, closing });
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
  readonly seats: ReadonlyMap<string, Seat>;
  readonly beganAtMs: number;
  readonly closing: AbortSignal;
}): Universe {
  const { fleet, observation, seats, beganAtMs, closing } = parts;
  return {
    nowMs: () => Date.now() - beganAtMs,
    wallClockMs: () => Date.now(),
    // Rejects when the world is closed: so a driver that retries does not go on without a world.
    sleep: (delayMs) => delay(Math.max(0, delayMs), undefined, { signal: closing }),
    request: (process, request) => requestOnce(addressOf(seats, process), request),
    watch: (observer) => fleet.watch(observer),
    beginLoad: () => fleet.beginLoad(),
    firedFaults: () => fleet.fired(),
    places: () => [],
    heal: (boundMs) => fleet.heal(boundMs),
    query: (service, sql) => observation.query(service, sql),
    records: (topic) => observation.records(topic),
    lag: () => observation.lag(),
    unread: () => observation.unread(),
  };
}

/** Puts the processes of the plan on the seats. @throws UnrunnablePlan when there are too few */
function seatProcesses({ topology }: Plan, seats: readonly Seat[]): ReadonlyMap<string, Seat> {
  return new Map(
    topology.map(({ name }, index) => {
      const seat = seats[index];
      if (seat === undefined) {
        throw new UnrunnablePlan(
          `the plan has ${topology.length} processes; real servers are set up for ${seats.length}`,
        );
      }
      return [name, seat];
    }),
  );
}

function addressOf(seats: ReadonlyMap<string, Seat>, process: string): string {
  const seat = seats.get(process);
  if (seat === undefined) {
    throw new Error(`no process of the plan is named ${process}`);
  }
  return seat.clientAddress;
}
