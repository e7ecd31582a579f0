import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { InstalledServers } from "../install/installed-servers.ts";
import type { KeptProcess } from "../keeper/keeper.ts";
import type { LocalServers } from "./local-servers.ts";

/** One node of a Kafka cluster (KRaft): what it does, and its whole configuration. */
export interface KafkaNodeOptions {
  readonly servers: LocalServers;
  readonly installed: InstalledServers;
  /** For its processes and their log files: `kafka`, `kafka-2`. */
  readonly name: string;
  /** Its own; must not exist. */
  readonly folder: string;
  readonly logsFolder: string;
  readonly clusterId: string;
  /** Options of its Java: how much memory, which collector. */
  readonly java: readonly string[];
  /** All but `log.dirs`, which lies in its folder. */
  readonly properties: Readonly<Record<string, string>>;
}

/** A node that was formatted: each start finds what the one before it had written. */
export interface KafkaNode {
  /** Resolves once its process runs, which is before it answers. */
  start(): Promise<KeptProcess>;
}

/** Writes a node's configuration and formats its data folder. */
export async function formatKafkaNode(options: KafkaNodeOptions): Promise<KafkaNode> {
  const { servers, folder } = options;
  const propertiesFile = join(folder, "server.properties");
  const loggingFile = join(folder, "log4j2.properties");
  await mkdir(folder);
  await writeFile(
    propertiesFile,
    linesOf({ ...options.properties, "log.dirs": join(folder, "data") }),
  );
  await writeFile(loggingFile, LOGGING_PROPERTIES);
  const program = (name: string, main: readonly string[]) => {
    const { java, kafka } = options.installed;
    const jars = join(kafka.jarsFolder, "*");
    return {
      name,
      command: java.command,
      arguments: [
        ...options.java,
        `-Dlog4j2.configurationFile=${loggingFile}`,
        ...["-cp", jars, ...main],
      ],
      environment: { PATH: process.env["PATH"] ?? "", LC_ALL: "C", TZ: "UTC" },
      folder,
      logFile: join(options.logsFolder, `${name}.log`),
      user: null,
      // Its data is thrown away with it, so there is nothing that an orderly shutdown of some
      // seconds would save.
      farewell: { signal: "SIGKILL", graceMs: 5000 } as const,
    };
  };
  const format = ["format", "-t", options.clusterId, "-c", propertiesFile];
  await servers.run(program(`${options.name}-format`, ["kafka.tools.StorageTool", ...format]));
  return {
    start: () => servers.start(program(options.name, ["kafka.Kafka", propertiesFile])),
  };
}

function linesOf(properties: Readonly<Record<string, string>>): string {
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
export function quickJava(heapMb: number): readonly string[] {
  return [`-Xmx${heapMb}m`, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
}
