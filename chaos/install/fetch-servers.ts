import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Keeper } from "../keeper/keeper.ts";
import { excerptOf, readLog, wordsFor } from "../keeper/process-log.ts";
import { SERVER_VERSIONS } from "./installed-servers.ts";

const PROGRESS_INTERVAL_MS = 500;
const toxiproxyModule = `github.com/Shopify/toxiproxy/v2/cmd/server@v${SERVER_VERSIONS.toxiproxy}`;
const DEPENDENCY_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";

/**
 * One fetch: `command` is Maven or Go, `scratch` the folder to fill, `onFetched` hears of each
 * file.
 */
export interface Fetching {
  readonly keeper: Keeper;
  readonly command: string;
  readonly scratch: string;
  readonly onFetched: (count: number) => void;
}

/**
 * Fetches Kafka's jars and those they need into `jars` of the scratch folder; rejects with Maven's
 * last words.
 */
export async function fetchKafka(fetching: Fetching): Promise<void> {
  const pom = join(fetching.scratch, "pom.xml");
  await writeFile(pom, kafkaPom());
  await runToEnd(fetching, {
    name: "maven",
    arguments: [
      "--batch-mode",
      `--file=${pom}`,
      `${DEPENDENCY_PLUGIN}:copy-dependencies`,
      "-DincludeScope=runtime",
      `-DoutputDirectory=${join(fetching.scratch, "jars")}`,
    ],
    environment: {},
  });
}

/** Builds Toxiproxy's `server` into the scratch folder; rejects with Go's last words. */
export async function buildToxiproxy(fetching: Fetching): Promise<void> {
  await runToEnd(fetching, {
    name: "go",
    arguments: ["install", toxiproxyModule],
    environment: { GOBIN: fetching.scratch },
  });
}

/**
 * The jars that make a broker: Kafka itself, and a backend for its log, without which it logs
 * nothing.
 */
function kafkaPom(): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>falconpay</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_${SERVER_VERSIONS.scala}</artifactId>
      <version>${SERVER_VERSIONS.kafka}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>${SERVER_VERSIONS.log4j}</version>
    </dependency>
  </dependencies>
</project>
`;
}

async function runToEnd(
  fetching: Fetching,
  tool: { name: string; arguments: string[]; environment: Record<string, string> },
): Promise<void> {
  const logFile = join(fetching.keeper.folder, `${tool.name}.log`);
  const running = await fetching.keeper.start({
    name: tool.name,
    command: fetching.command,
    arguments: tool.arguments,
    environment: { ...definedEnvironment(), ...tool.environment },
    folder: fetching.scratch,
    logFile,
    user: null,
    farewell: { signal: "SIGTERM", graceMs: 2000 },
  });
  let told = 0;
  const tell = (count: number) => {
    if (count > told) {
      fetching.onFetched(count);
    }
    told = count;
  };
  const ticker = setInterval(() => void fetchedSoFar(logFile).then(tell), PROGRESS_INTERVAL_MS);
  const exit = await running.exited.finally(() => clearInterval(ticker));
  if (exit.kind === "exited" && exit.code === 0) {
    return;
  }
  throw new Error(
    `${[tool.name, ...tool.arguments].join(" ")} ended ${wordsFor(exit)}; from its log:\n${excerptOf(await readLog(logFile))}`,
  );
}

async function fetchedSoFar(logFile: string): Promise<number> {
  const text = await readLog(logFile);
  return text.match(/Downloaded from|go: downloading/g)?.length ?? 0;
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}
