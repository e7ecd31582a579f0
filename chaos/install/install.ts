import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startKeeper, type Keeper } from "../keeper/keeper.ts";
import { defaultCacheFolder, fillAtomically, isComplete, partFolder } from "./cache-folder.ts";
import { EnvironmentMissing, type MissingPart } from "./environment-missing.ts";
import { buildToxiproxy, fetchKafka, type Fetching } from "./fetch-servers.ts";
import { SERVER_VERSIONS, type InstalledServers } from "./installed-servers.ts";
import { findGo, findJava, findMaven, findPostgres, type Found } from "./machine-tools.ts";

/**
 * How far one part is. `detail` is a short phrase for a person: a version, a count of files, a
 * reason.
 */
export interface InstallProgress {
  readonly part: "postgres" | "kafka" | "toxiproxy";
  readonly state: "working" | "installed" | "already there" | "failed";
  readonly detail: string;
}

/** The command that installs, as the problem lists name it. */
const INSTALL_COMMAND = "npm run falconpay -- servers install";

/**
 * Fetches Apache Kafka (from Maven Central) and builds Toxiproxy (from its Go module) into the
 * cache folder, and finds PostgreSQL, Java included. What is there already is left alone; an
 * interrupted install is begun anew.
 *
 * @throws EnvironmentMissing with every missing tool, before fetching anything, or with every fetch
 *   that failed
 */
export async function installServers(
  options: {
    readonly cacheFolder?: string;
    readonly onProgress?: (progress: InstallProgress) => void;
  } = {},
): Promise<InstalledServers> {
  const { cacheFolder = defaultCacheFolder(), onProgress = () => {} } = options;
  const [java, maven, go, postgres] = await Promise.all([
    findJava(),
    findMaven(),
    findGo(),
    findPostgres(),
  ]);
  const kafkaThere = await isComplete(kafkaFolder(cacheFolder));
  const toxiproxyThere = await isComplete(toxiproxyFolder(cacheFolder));
  refuseWhenMissing([
    java,
    postgres,
    ...(kafkaThere ? [] : [maven]),
    ...(toxiproxyThere ? [] : [go]),
  ]);
  if (postgres.kind === "found") {
    onProgress({ part: "postgres", state: "already there", detail: postgres.value.version });
  }

  await mkdir(cacheFolder, { recursive: true });
  // The keeper ends Maven and Go when we are ended ourselves.
  const keeper = await startKeeper();
  try {
    const site = { keeper, onProgress };
    const results = await Promise.allSettled([
      installPart({
        ...site,
        part: "kafka",
        version: SERVER_VERSIONS.kafka,
        cacheFolder,
        commandLine: maven,
        fetch: fetchKafka,
      }),
      installPart({
        ...site,
        part: "toxiproxy",
        version: SERVER_VERSIONS.toxiproxy,
        cacheFolder,
        commandLine: go,
        fetch: buildToxiproxy,
      }),
    ]);
    const failures = results.filter((result) => result.status === "rejected");
    if (failures.length > 0) {
      throw new EnvironmentMissing(failures.map((failure) => failedPart(failure.reason)));
    }
  } finally {
    await keeper.end();
  }
  return requireServers({ cacheFolder });
}

/**
 * Everything that is missing for running (not for installing); an empty list when nothing is.
 * Fetches nothing.
 */
export async function serversInstalled(
  options: { readonly cacheFolder?: string } = {},
): Promise<readonly MissingPart[]> {
  try {
    await requireServers(options);
    return [];
  } catch (error) {
    if (error instanceof EnvironmentMissing) {
      return error.problems;
    }
    throw error;
  }
}

/** Where the installed servers lie. Fetches nothing. @throws EnvironmentMissing with all of it */
export async function requireServers(
  options: { readonly cacheFolder?: string } = {},
): Promise<InstalledServers> {
  const { cacheFolder = defaultCacheFolder() } = options;
  const [java, postgres, kafka, toxiproxy] = await Promise.all([
    findJava(),
    findPostgres(),
    findPart("Kafka", kafkaFolder(cacheFolder)),
    findPart("Toxiproxy", toxiproxyFolder(cacheFolder)),
  ]);
  if (
    java.kind === "found" &&
    postgres.kind === "found" &&
    kafka.kind === "found" &&
    toxiproxy.kind === "found"
  ) {
    return {
      java: java.value,
      postgres: postgres.value,
      kafka: { version: SERVER_VERSIONS.kafka, jarsFolder: join(kafka.value, "jars") },
      toxiproxy: { version: SERVER_VERSIONS.toxiproxy, command: join(toxiproxy.value, "server") },
    };
  }
  throw new EnvironmentMissing(problemsOf([java, postgres, kafka, toxiproxy]));
}

async function findPart(name: string, folder: string): Promise<Found<string>> {
  if (await isComplete(folder)) {
    return { kind: "found", value: folder };
  }
  return {
    kind: "missing",
    problem: { what: `${name} is not installed yet`, mend: INSTALL_COMMAND },
  };
}

function kafkaFolder(cacheFolder: string): string {
  return partFolder(cacheFolder, { name: "kafka", version: SERVER_VERSIONS.kafka });
}

function toxiproxyFolder(cacheFolder: string): string {
  return partFolder(cacheFolder, { name: "toxiproxy", version: SERVER_VERSIONS.toxiproxy });
}

function refuseWhenMissing(parts: readonly Found<unknown>[]): void {
  const problems = problemsOf(parts);
  if (problems.length > 0) {
    throw new EnvironmentMissing(problems);
  }
}

function problemsOf(parts: readonly Found<unknown>[]): MissingPart[] {
  return parts.flatMap((part) => (part.kind === "missing" ? [part.problem] : []));
}

function failedPart(reason: unknown): MissingPart {
  const what = reason instanceof Error ? reason.message : String(reason);
  return {
    what,
    mend: `check that the package registries can be reached, then: ${INSTALL_COMMAND}`,
  };
}

async function installPart(parts: {
  readonly keeper: Keeper;
  readonly onProgress: (progress: InstallProgress) => void;
  readonly part: "kafka" | "toxiproxy";
  readonly version: string;
  readonly cacheFolder: string;
  readonly commandLine: Found<string>;
  readonly fetch: (fetching: Fetching) => Promise<void>;
}): Promise<void> {
  const { keeper, part, version, commandLine, fetch } = parts;
  const tell = (state: InstallProgress["state"], detail: string) =>
    parts.onProgress({ part, state, detail });
  const folder = partFolder(parts.cacheFolder, { name: part, version });
  if (commandLine.kind === "missing" || (await isComplete(folder))) {
    return tell("already there", version);
  }
  tell("working", version);
  try {
    await fillAtomically(folder, (scratch) =>
      fetch({
        keeper,
        command: commandLine.value,
        scratch,
        onFetched: (count) => tell("working", `${version}, ${count} files fetched`),
      }),
    );
  } catch (error) {
    tell("failed", error instanceof Error ? error.message : String(error));
    throw error;
  }
  tell("installed", version);
}
