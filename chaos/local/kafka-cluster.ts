import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { directKafka } from "../environment/direct-kafka.ts";
import type { KafkaServerAddress } from "../environment/environment.ts";
import { requireServers } from "../install/install.ts";
import type { InstalledServers } from "../install/installed-servers.ts";
import type { Keeper, KeptProcess } from "../keeper/keeper.ts";
import { pickFreePort } from "../toxiproxy/free-ports.ts";
import { openProxy } from "../toxiproxy/open-proxy.ts";
import { proxyName, type Proxies } from "../toxiproxy/proxies.ts";
import { formatKafkaNode, quickJava, type KafkaNode } from "./kafka-node.ts";
import { clusterProperties, nodeProperties, type ClientListener } from "./kafka-properties.ts";
import { demandBrokers, randomClusterId } from "./local-kafka.ts";
import { openLocalServers, type LocalServers } from "./local-servers.ts";
import { startLocalToxiproxy } from "./local-toxiproxy.ts";
import { untilReady } from "./server-ready.ts";

/** The brokers of a cluster, by their ids. */
export const CLUSTER_BROKERS = [1, 2, 3] as const;

export type BrokerId = (typeof CLUSTER_BROKERS)[number];

/**
 * Three Kafka brokers, and a controller beside them that stays up: also the last broker that is
 * left can be made a leader. Every client comes to every broker through a proxy of its own.
 */
export interface KafkaCluster {
  /** Past the proxies. */
  readonly administration: KafkaServerAddress;
  /** By the name of the client: the proxies of all brokers. */
  readonly clients: ReadonlyMap<string, KafkaServerAddress>;
  readonly proxies: Proxies;
  /**
   * `kill` ends it at once, and its leaderships move when the controller has missed it; `shut-down`
   * lets it hand them over first. Resolves once its process is gone.
   */
  stopBroker(id: BrokerId, how: "kill" | "shut-down"): Promise<void>;
  /**
   * With the log that it had. Resolves once it answers and has caught up with the leaders that
   * there are: whoever stops the others then leaves it a leadership to take.
   */
  startBroker(id: BrokerId): Promise<void>;
  /** Stops it as SIGSTOP does: connections stand, and nothing is answered. */
  pauseBroker(id: BrokerId): void;
  resumeBroker(id: BrokerId): void;
  /** Cuts the client off from every broker, or lets it back. */
  cut(client: string): Promise<void>;
  heal(client: string): Promise<void>;
  /** Stops all and removes their folders. */
  stop(): Promise<void>;
}

const HOST = "127.0.0.1";
const BROKER_HEAP_MB = 256;
const CONTROLLER_HEAP_MB = 128;
const READY_MS_MAX = 90_000;
const SHUT_DOWN_MS_MAX = 30_000;
let clusters = 0;

/**
 * What makes the cluster quick to see what happened to it: suites wait for each of these. Kafka's
 * defaults are in brackets.
 */
const QUICK = {
  // Asked of the controller, which creates topics [1].
  "default.replication.factor": "3",
  // A broker that is not heard of for so long loses its leaderships [9000, 2000].
  "broker.session.timeout.ms": "1500",
  "broker.heartbeat.interval.ms": "300",
  // A replica that does not keep up for so long is no longer in sync [30000].
  "replica.lag.time.max.ms": "2000",
  // A member of a consumer group may be taken for dead so soon [6000].
  "group.min.session.timeout.ms": "500",
  // How often expired records are looked for, the first time and after [30000, 300000].
  "log.initial.task.delay.ms": "500",
  "log.retention.check.interval.ms": "500",
  "log.segment.delete.delay.ms": "0",
  // A leader stays where it is until its broker goes [true].
  "auto.leader.rebalance.enable": "false",
};

/** Starts the cluster in a folder of the keeper's. @throws EnvironmentMissing, ServerNotReady */
export async function startKafkaCluster(parts: {
  readonly keeper: Keeper;
  /** Names of the clients that will come through proxies. */
  readonly clients: readonly string[];
}): Promise<KafkaCluster> {
  const installed = await requireServers();
  clusters += 1;
  const folder = join(parts.keeper.folder, `kafka-cluster-${clusters}`);
  const logsFolder = join(folder, "logs");
  await mkdir(logsFolder, { recursive: true });
  const servers = openLocalServers(parts.keeper);
  const site = { servers, installed, folder, logsFolder, clusterId: randomClusterId() };
  const stop = async () => {
    await servers.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  };
  try {
    const port = await pickFreePort();
    const proxies = await startLocalToxiproxy({
      ...site,
      installed: installed.toxiproxy,
      port,
      readyMsMax: READY_MS_MAX,
    });
    const nodes = await startNodes(site, proxies, parts.clients);
    return { ...nodes, proxies, ...cutting(proxies), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Site {
  readonly servers: LocalServers;
  readonly installed: InstalledServers;
  readonly folder: string;
  readonly logsFolder: string;
  readonly clusterId: string;
}

async function startNodes(site: Site, proxies: Proxies, clients: readonly string[]) {
  const controller = { nodeId: 100, port: await pickFreePort() };
  const addresses = new Map<BrokerId, string>();
  const clientAddresses = new Map<string, string[]>(clients.map((client) => [client, []]));
  const formatting = [
    format(site, "kafka-controller", CONTROLLER_HEAP_MB, {
      ...nodeProperties({
        nodeId: controller.nodeId,
        ports: { controller: controller.port },
        clients: [],
        controller,
      }),
    }),
  ];
  for (const nodeId of CLUSTER_BROKERS) {
    const administration = await pickFreePort();
    addresses.set(nodeId, `${HOST}:${administration}`);
    const listeners = await openListeners(proxies, nodeId, clients);
    for (const [index, client] of clients.entries()) {
      clientAddresses.get(client)?.push(listeners[index]?.advertised ?? "");
    }
    const ports = { administration };
    formatting.push(
      format(site, brokerName(nodeId), BROKER_HEAP_MB, {
        ...nodeProperties({ nodeId, ports, clients: listeners, controller }),
        ...clusterProperties(CLUSTER_BROKERS.length),
      }),
    );
  }
  const [controllerNode, ...brokerNodes] = await Promise.all(formatting);
  await controllerNode?.start();
  const brokers = createBrokers(site, brokerNodes, addresses);
  await Promise.all(CLUSTER_BROKERS.map((id) => brokers.startBroker(id)));
  return {
    ...brokers,
    administration: { brokers: [...addresses.values()] },
    clients: new Map([...clientAddresses].map(([client, listed]) => [client, { brokers: listed }])),
  };
}

function format(
  site: Site,
  name: string,
  heapMb: number,
  properties: Readonly<Record<string, string>>,
): Promise<KafkaNode> {
  const folder = join(site.folder, name);
  return formatKafkaNode({
    ...site,
    name,
    folder,
    java: quickJava(heapMb),
    properties: { ...properties, ...QUICK },
  });
}

async function openListeners(
  proxies: Proxies,
  nodeId: BrokerId,
  clients: readonly string[],
): Promise<readonly ClientListener[]> {
  const listeners: ClientListener[] = [];
  for (const client of clients) {
    const port = await pickFreePort();
    const resource = brokerName(nodeId);
    const upstream = `${HOST}:${port}`;
    listeners.push({ port, advertised: await openProxy({ proxies, client, resource, upstream }) });
  }
  return listeners;
}

function createBrokers(
  site: Site,
  nodes: readonly KafkaNode[],
  addresses: ReadonlyMap<BrokerId, string>,
): Pick<KafkaCluster, "startBroker" | "stopBroker" | "pauseBroker" | "resumeBroker"> {
  const running = new Map<BrokerId, KeptProcess>();
  const runningAs = (id: BrokerId): KeptProcess => {
    const server = running.get(id);
    if (server === undefined) {
      throw new Error(`broker ${id} is not running`);
    }
    return server;
  };
  return {
    async startBroker(id) {
      const server = await nodes[CLUSTER_BROKERS.indexOf(id)]?.start();
      if (server === undefined) {
        throw new Error(`there is no broker ${id}`);
      }
      running.set(id, server);
      const address = { brokers: [addresses.get(id) ?? ""] };
      const expected = { clusterId: site.clusterId, brokerCount: running.size };
      const probe = async () => {
        await demandBrokers(address, expected);
        await demandInSync(address, id, running.size === CLUSTER_BROKERS.length);
      };
      await untilReady({ server, readyMsMax: READY_MS_MAX, probe });
    },
    async stopBroker(id, how) {
      const server = runningAs(id);
      running.delete(id);
      if (how === "shut-down") {
        server.signal("SIGTERM");
        const late = AbortSignal.timeout(SHUT_DOWN_MS_MAX);
        await Promise.race([server.exited, once(late)]);
      }
      await server.stop();
    },
    pauseBroker: (id) => runningAs(id).signal("SIGSTOP"),
    resumeBroker: (id) => runningAs(id).signal("SIGCONT"),
  };
}

/**
 * A partition that has no leader makes the client refuse the whole answer. Where a broker is still
 * missing it may be the one that would lead, and nobody can wait for that.
 *
 * @throws Error unless the broker is in sync in each partition that it holds
 */
async function demandInSync(
  address: KafkaServerAddress,
  broker: BrokerId,
  isComplete: boolean,
): Promise<void> {
  const admin = directKafka(address, { retries: 0 }).admin();
  try {
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata();
    for (const { name, partitions } of topics) {
      for (const { partitionId, replicas, isr } of partitions) {
        if (replicas.includes(broker) && !isr.includes(broker)) {
          throw new Error(`broker ${broker} is not in sync in ${name}-${partitionId} yet`);
        }
      }
    }
  } catch (error) {
    if (isComplete || !isLeaderless(error)) {
      throw error;
    }
  } finally {
    await admin.disconnect();
  }
}

function isLeaderless(error: unknown): boolean {
  // kafkajs wraps what it has tried again; the classes are no named exports for Node.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error && "type" in cause && cause.type === "LEADER_NOT_AVAILABLE";
}

function once(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function cutting(proxies: Proxies): Pick<KafkaCluster, "cut" | "heal"> {
  const each = async (client: string, act: (name: string) => Promise<void>) => {
    await Promise.all(
      CLUSTER_BROKERS.map((id) => act(proxyName({ client, resource: brokerName(id) }))),
    );
  };
  return {
    cut: (client) => each(client, (name) => proxies.cut(name)),
    heal: (client) => each(client, (name) => proxies.heal(name)),
  };
}

function brokerName(id: BrokerId): string {
  return `kafka-${id}`;
}
