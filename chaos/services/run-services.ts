import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { SERVICES, type ServiceName } from "../../system/process/services.ts";
import type { Keeper, KeptProcess } from "../keeper/keeper.ts";
import { reasonOf, startServiceProcess } from "../processes/service-process.ts";
import type { ServerVariables } from "../service-addresses.ts";
import { isPortFree, pickFreePort } from "../toxiproxy/free-ports.ts";
import type { ServiceKeys } from "./service-keys.ts";
import { ServicesNotReady } from "./services-not-ready.ts";

/** The whole system, a process for each service, until it is stopped. */
export interface RunningServices {
  /** Where each service answers: `http://127.0.0.1:8080`. */
  readonly urls: Readonly<Record<ServiceName, string>>;
  /** The keys to ask them with, by who holds them; empty where only their hashes are known. */
  readonly keys: Readonly<Record<string, string>>;
  /** The services' log files, absolute, by name. */
  readonly logFiles: Readonly<Record<ServiceName, string>>;
  /** Rejects when a process ends that nobody stopped, with the last error in its log. */
  readonly failed: Promise<never>;
  /** Lets the services finish what they have in hand, and resolves when they are gone. */
  stop(): Promise<void>;
}

export interface ServicesRequest {
  readonly keeper: Keeper;
  readonly servers: ServerVariables;
  readonly keys: ServiceKeys;
  /** Absolute; must exist. */
  readonly logsFolder: string;
  /** The port of the first service; the others have the next ones. Picked when not given. */
  readonly firstPort?: number;
}

const HOST = "127.0.0.1";
const READY_MS_MAX = 60_000;
const POLL_MS = 100;
/** A stop is over within a quarter of a minute, whatever the services wait for. */
const STOP_MS_MAX = 10_000;

/**
 * Starts a process for each service with all its roles, side by side, and resolves when each says
 * that it is ready.
 *
 * @throws ServicesNotReady; then none of them runs
 */
export async function runServices(request: ServicesRequest): Promise<RunningServices> {
  const places = await Promise.all(
    SERVICES.map(async ({ name, roles }, index) => ({
      name,
      roles: roles.map((role) => role.name),
      port: await portFor(request.firstPort, index),
      logFile: join(request.logsFolder, `${name}.log`),
    })),
  );
  const processes: KeptProcess[] = [];
  let isStopping = false;
  const stop = async (): Promise<void> => {
    isStopping = true;
    await Promise.all(processes.map(stopWithin));
  };
  const failed = Promise.withResolvers<never>();
  // Whoever waits for it is told; before that nobody may.
  failed.promise.catch(() => {});
  try {
    for (const { name, roles, port, logFile } of places) {
      const process = await startServiceProcess(request.keeper, {
        name,
        program: fileURLToPath(new URL("../../system/main.ts", import.meta.url)),
        environment: {
          ...request.servers,
          ...request.keys.variables,
          ROLES: roles.join(","),
          PROCESS_NAME: name,
          HTTP_HOST: HOST,
          HTTP_PORT: String(port),
        },
        logFile,
      });
      processes.push(process);
      void process.exited.then(async (exit) => {
        if (!isStopping) {
          const reason = await reasonOf(exit, logFile);
          failed.reject(
            new ServicesNotReady(`the ${name} service ${reason}; its log is ${logFile}`),
          );
        }
      });
    }
    const ready = Promise.all(places.map(({ name, port }) => untilReady(name, port)));
    await Promise.race([ready, failed.promise]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    urls: byService(places.map(({ name, port }) => [name, `http://${HOST}:${port}`])),
    keys: request.keys.keys,
    logFiles: byService(places.map(({ name, logFile }) => [name, logFile])),
    failed: failed.promise,
    stop,
  };
}

async function portFor(first: number | undefined, index: number): Promise<number> {
  if (first === undefined) {
    return pickFreePort();
  }
  const port = first + index;
  if (!(await isPortFree(port))) {
    throw new ServicesNotReady(`port ${port} is taken by another process`);
  }
  return port;
}

async function untilReady(name: string, port: number): Promise<void> {
  const deadlineAtMs = Date.now() + READY_MS_MAX;
  for (;;) {
    const found = await readiness(port);
    if (found === "ready") {
      return;
    }
    if (Date.now() > deadlineAtMs) {
      throw new ServicesNotReady(`the ${name} service is not ready after 60 s: ${found}`);
    }
    await delay(POLL_MS);
  }
}

async function readiness(port: number): Promise<string> {
  try {
    const signal = AbortSignal.timeout(5_000);
    const response = await fetch(`http://${HOST}:${port}/readyz`, { signal });
    return response.status === 200 ? "ready" : await response.text();
  } catch {
    return "it does not answer";
  }
}

/** SIGTERM, and SIGKILL when it takes too long. */
async function stopWithin(process: KeptProcess): Promise<void> {
  process.signal("SIGTERM");
  const late = delay(STOP_MS_MAX, "late", { ref: false });
  if ((await Promise.race([process.exited, late])) === "late") {
    process.signal("SIGKILL");
    await process.exited;
  }
}

function byService<T>(
  entries: readonly (readonly [ServiceName, T])[],
): Readonly<Record<ServiceName, T>> {
  const found = new Map(entries);
  const of = (name: ServiceName): T => {
    const value = found.get(name);
    if (value === undefined) {
      throw new Error(`the ${name} service was not started`);
    }
    return value;
  };
  return {
    payment: of("payment"),
    wallet: of("wallet"),
    reconciliation: of("reconciliation"),
  };
}
