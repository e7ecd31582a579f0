import { randomBytes } from "node:crypto";
import { directKafka } from "../environment/direct-kafka.ts";
import type { KafkaServerAddress } from "../environment/environment.ts";
import type { InstalledServers } from "../install/installed-servers.ts";
import { formatKafkaNode, quickJava } from "./kafka-node.ts";
import { clusterProperties, nodeProperties, type ClientListener } from "./kafka-properties.ts";
import type { LocalServers } from "./local-servers.ts";
import { untilReady } from "./server-ready.ts";

/** Ports of one broker, all on 127.0.0.1. */
export interface KafkaPorts {
  readonly administration: number;
  readonly controller: number;
}

const HOST = "127.0.0.1";
const HEAP_MB = 512;

/**
 * Formats and starts one Kafka broker in `folder` (which must not exist), controller of itself
 * (KRaft).
 */
export async function startLocalKafka(parts: {
  readonly servers: LocalServers;
  readonly installed: InstalledServers;
  readonly folder: string;
  readonly logsFolder: string;
  readonly ports: KafkaPorts;
  readonly clients: readonly ClientListener[];
  readonly readyMsMax: number;
}): Promise<KafkaServerAddress> {
  const { servers, installed, folder, logsFolder, ports, clients } = parts;
  const clusterId = randomClusterId();
  const controller = { nodeId: 1, port: ports.controller };
  const node = await formatKafkaNode({
    servers,
    installed,
    name: "kafka",
    folder,
    logsFolder,
    clusterId,
    java: quickJava(HEAP_MB),
    properties: {
      ...nodeProperties({ nodeId: 1, ports, clients, controller }),
      ...clusterProperties(1),
    },
  });
  const server = await node.start();
  const address = { brokers: [`${HOST}:${ports.administration}`] };
  await untilReady({
    server,
    readyMsMax: parts.readyMsMax,
    probe: () => demandBrokers(address, { clusterId, brokerCount: 1 }),
  });
  return address;
}

/**
 * 16 random bytes in the URL-safe alphabet, as Kafka's own `Uuid.randomUuid` has it: none that
 * begins with a hyphen, which a command line takes for an option.
 */
export function randomClusterId(draw: (count: number) => Buffer = randomBytes): string {
  for (;;) {
    const id = draw(16).toString("base64url");
    if (!id.startsWith("-")) {
      return id;
    }
  }
}

/** @throws Error unless that cluster answers there and so many brokers have joined it */
export async function demandBrokers(
  address: KafkaServerAddress,
  expected: { readonly clusterId: string; readonly brokerCount: number },
): Promise<void> {
  const kafka = directKafka(address, { retries: 0 });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    if (cluster.clusterId !== expected.clusterId) {
      throw new Error(`another cluster answers there: ${cluster.clusterId}`);
    }
    if (cluster.brokers.length < expected.brokerCount) {
      throw new Error(
        `${cluster.brokers.length} of ${expected.brokerCount} brokers have joined their cluster yet`,
      );
    }
  } finally {
    await admin.disconnect();
  }
}
