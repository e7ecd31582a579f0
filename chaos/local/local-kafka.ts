import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { directKafka } from "../environment/direct-kafka.ts";
import type { KafkaServerAddress } from "../environment/environment.ts";
import type { InstalledServers } from "../install/installed-servers.ts";
import type { LocalServers } from "./local-servers.ts";
import { untilReady } from "./server-ready.ts";

/**
 * A listener for one client process: the broker listens on `port` and tells the client to come to
 * `advertised`.
 */
export interface ClientListener {
  readonly port: number;
  readonly advertised: string;
}

/** Ports of one broker, all on 127.0.0.1. */
export interface KafkaPorts {
  readonly administration: number;
  readonly controller: number;
}

const HOST = "127.0.0.1";
const HEAP_MB = 512;

/**
 * Formats and starts one Kafka broker in `folder` (which must not exist), controller of itself
 * (KRaft). A broker advertises one address per listener, so each client process gets a listener
 * whose advertised address is that client's proxy; the broker talks to itself, and the testbed to
 * it, on listeners that no proxy can cut.
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
  const { servers, installed, folder, ports } = parts;
  const clusterId = randomClusterId();
  const propertiesFile = join(folder, "server.properties");
  const loggingFile = join(folder, "log4j2.properties");
  await mkdir(folder);
  await writeFile(
    propertiesFile,
    brokerProperties({ dataFolder: join(folder, "data"), ports, clients: parts.clients }),
  );
  await writeFile(loggingFile, LOGGING_PROPERTIES);
  const program = (name: string, main: readonly string[]) => ({
    name,
    command: installed.java.command,
    arguments: [...javaOptions(loggingFile), "-cp", join(installed.kafka.jarsFolder, "*"), ...main],
    environment: { PATH: process.env["PATH"] ?? "", LC_ALL: "C", TZ: "UTC" },
    folder,
    logFile: join(parts.logsFolder, `${name}.log`),
    user: null,
    // Its data is thrown away with it, so there is nothing that an orderly shutdown of some seconds
    // would save.
    farewell: { signal: "SIGKILL", graceMs: 5000 } as const,
  });
  await servers.run(
    program("kafka-format", [
      "kafka.tools.StorageTool",
      "format",
      "-t",
      clusterId,
      "-c",
      propertiesFile,
    ]),
  );
  const server = await servers.start(program("kafka", ["kafka.Kafka", propertiesFile]));
  const address = { brokers: [`${HOST}:${ports.administration}`] };
  await untilReady({
    server,
    readyMsMax: parts.readyMsMax,
    probe: () => describeCluster(address, clusterId),
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

function brokerProperties(parts: {
  readonly dataFolder: string;
  readonly ports: KafkaPorts;
  readonly clients: readonly ClientListener[];
}): string {
  const { ports } = parts;
  const clients = parts.clients.map((client, index) => ({ ...client, name: `CLIENT${index + 1}` }));
  const administration = `ADMINISTRATION://${HOST}:${ports.administration}`;
  const controller = `CONTROLLER://${HOST}:${ports.controller}`;
  const names = ["ADMINISTRATION", "CONTROLLER", ...clients.map((client) => client.name)];
  const properties = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.quorum.voters": `1@${HOST}:${ports.controller}`,
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "ADMINISTRATION",
    listeners: [
      administration,
      controller,
      ...clients.map(({ name, port }) => `${name}://${HOST}:${port}`),
    ].join(","),
    "advertised.listeners": [
      administration,
      ...clients.map(({ name, advertised }) => `${name}://${advertised}`),
    ].join(","),
    "listener.security.protocol.map": names.map((name) => `${name}:PLAINTEXT`).join(","),
    "log.dirs": parts.dataFolder,
    // One thread is made per listener and per this number: a run has few clients.
    "num.network.threads": "1",
    "num.io.threads": "4",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "4",
    "group.initial.rebalance.delay.ms": "0",
    "auto.create.topics.enable": "false",
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

const LOGGING_PROPERTIES = `rootLogger.level = info
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %-5p %c{1} %m%n
`;

/** The first compiler and the serial collector: on two cores the start is a second shorter. */
function javaOptions(loggingFile: string): string[] {
  return [
    `-Xmx${HEAP_MB}m`,
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    `-Dlog4j2.configurationFile=${loggingFile}`,
  ];
}

async function describeCluster(address: KafkaServerAddress, clusterId: string): Promise<void> {
  const kafka = directKafka(address, { retries: 0 });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    if (cluster.clusterId !== clusterId) {
      throw new Error(`another cluster answers there: ${cluster.clusterId}`);
    }
    if (cluster.brokers.length === 0) {
      throw new Error("the broker has not joined its cluster yet");
    }
  } finally {
    await admin.disconnect();
  }
}
