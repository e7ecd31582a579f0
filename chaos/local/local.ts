import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ServerClient, DatabaseAddress, Environment } from "../environment/environment.ts";
import { requireServers } from "../install/install.ts";
import type { InstalledServers } from "../install/installed-servers.ts";
import type { Keeper } from "../keeper/keeper.ts";
import { isPortFree, pickFreePort, PortTaken } from "../toxiproxy/free-ports.ts";
import { openProxy } from "../toxiproxy/open-proxy.ts";
import { knownDatabase, openDatabaseProxies } from "./client-proxies.ts";
import { startLocalKafka } from "./local-kafka.ts";
import { startLocalPostgres, type LocalPostgres } from "./local-postgres.ts";
import { openLocalServers, type LocalServers } from "./local-servers.ts";
import { startLocalToxiproxy } from "./local-toxiproxy.ts";
import { isLostPort } from "./server-ready.ts";

/** Ports that the user wants; a port that is not given is picked. */
export interface WantedPorts {
  readonly postgres?: number;
  readonly kafka?: number;
  readonly toxiproxy?: number;
}

/** What a local environment is made of. */
export interface LocalEnvironmentOptions {
  /** Watches the servers: they end with its run at the latest. */
  readonly keeper: Keeper;
  /** Names of databases, each with a role of the same name that owns it. */
  readonly databases: readonly string[];
  readonly clients: readonly ServerClient[];
  /** Where the servers lie; found in the cache folder when not given. */
  readonly installed?: InstalledServers;
  readonly ports?: WantedPorts;
  /** Where the servers' logs go; a folder that is removed at the end when not given. */
  readonly logsFolder?: string;
}

const HOST = "127.0.0.1";
const READY_MS_MAX = 60_000;
const ATTEMPTS_MAX = 3;
let environments = 0;

/**
 * Starts PostgreSQL, Kafka and Toxiproxy as child processes on 127.0.0.1, in temporary folders, and
 * resolves when all three answer. Nothing is left behind: not after `stop`, not when the start
 * fails half-way, not when the runner is killed.
 *
 * @throws EnvironmentMissing when a part is not installed; PortTaken for a port that was asked for
 *   (one that was picked and lost to another process is picked again); ServerNotReady with the tail
 *   of its log
 */
export async function startLocalEnvironment(
  options: LocalEnvironmentOptions,
): Promise<Environment> {
  const installed = options.installed ?? (await requireServers());
  const wanted = options.ports ?? {};
  await refuseTakenPorts(wanted);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options, installed);
    } catch (error) {
      if (!isLostPort(error)) {
        throw error;
      }
      await refuseTakenPorts(wanted);
      if (attempt === ATTEMPTS_MAX) {
        throw error;
      }
    }
  }
}

async function refuseTakenPorts(wanted: WantedPorts): Promise<void> {
  const asked = [
    { purpose: "PostgreSQL", port: wanted.postgres },
    { purpose: "Kafka", port: wanted.kafka },
    { purpose: "Toxiproxy", port: wanted.toxiproxy },
  ];
  for (const { purpose, port } of asked) {
    if (port !== undefined && !(await isPortFree(port))) {
      throw new PortTaken(port, purpose);
    }
  }
}

async function startOnce(
  options: LocalEnvironmentOptions,
  installed: InstalledServers,
): Promise<Environment> {
  const { keeper } = options;
  environments += 1;
  const folder = join(keeper.folder, `environment-${environments}`);
  const logsFolder = options.logsFolder ?? join(folder, "logs");
  // Others may walk through but not look around: PostgreSQL runs as another user.
  await mkdir(folder, { mode: 0o711 });
  await mkdir(logsFolder, { recursive: true });
  const servers = openLocalServers(keeper);
  const stop = async () => {
    await servers.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  };
  const site = { options, installed, servers, folder, logsFolder };
  const ports = await pickPorts(options);
  const parts = [
    startPostgres(site, ports.postgres),
    startKafkaBehindProxies(site, ports),
  ] as const;
  try {
    const [postgres, { proxies, kafka, listeners }] = await Promise.all(parts);
    const clients = await openDatabaseProxies({
      postgres,
      proxies,
      clients: options.clients,
      listeners,
    });
    return {
      kind: "local",
      versions: {
        postgres: installed.postgres.version,
        kafka: installed.kafka.version,
        toxiproxy: installed.toxiproxy.version,
      },
      logsFolder,
      clients,
      proxies,
      administration: { kafka, database: (name) => administrationOf(postgres, name) },
      stop,
    };
  } catch (error) {
    await servers.close();
    // The other half notices that its server is gone; wait for it before its folder goes.
    await Promise.allSettled(parts);
    await stop();
    throw error;
  }
}

interface Site {
  readonly options: LocalEnvironmentOptions;
  readonly installed: InstalledServers;
  readonly servers: LocalServers;
  readonly folder: string;
  readonly logsFolder: string;
}

interface Ports {
  readonly postgres: number;
  readonly toxiproxy: number;
  readonly kafka: number;
  readonly controller: number;
}

async function pickPorts(options: LocalEnvironmentOptions): Promise<Ports> {
  const wanted = options.ports ?? {};
  return {
    postgres: wanted.postgres ?? (await pickFreePort()),
    toxiproxy: wanted.toxiproxy ?? (await pickFreePort()),
    kafka: wanted.kafka ?? (await pickFreePort()),
    controller: await pickFreePort(),
  };
}

function startPostgres(site: Site, port: number): Promise<LocalPostgres> {
  return startLocalPostgres({
    servers: site.servers,
    installed: site.installed.postgres,
    folder: join(site.folder, "postgres"),
    logsFolder: site.logsFolder,
    port,
    databases: site.options.databases,
    readyMsMax: READY_MS_MAX,
  });
}

/**
 * Toxiproxy first (some milliseconds), since each listener of the broker advertises the address of
 * its proxy.
 */
async function startKafkaBehindProxies(site: Site, ports: Ports) {
  const { servers, installed, folder, logsFolder } = site;
  const proxies = await startLocalToxiproxy({
    servers,
    installed: installed.toxiproxy,
    folder,
    logsFolder,
    port: ports.toxiproxy,
    readyMsMax: READY_MS_MAX,
  });
  const listeners = new Map<string, { readonly port: number; readonly advertised: string }>();
  for (const client of site.options.clients) {
    const port = await pickFreePort();
    const advertised = await openProxy({
      proxies,
      client: client.name,
      resource: "kafka",
      upstream: `${HOST}:${port}`,
    });
    listeners.set(client.name, { port, advertised });
  }
  const kafka = await startLocalKafka({
    servers,
    installed,
    folder: join(folder, "kafka"),
    logsFolder,
    ports: { administration: ports.kafka, controller: ports.controller },
    clients: [...listeners.values()],
    readyMsMax: READY_MS_MAX,
  });
  return { proxies, kafka, listeners };
}

function administrationOf(postgres: LocalPostgres, name: string): DatabaseAddress {
  if (name === postgres.superuser.database) {
    return postgres.superuser;
  }
  return { ...postgres.superuser, database: knownDatabase(postgres, name).database };
}
