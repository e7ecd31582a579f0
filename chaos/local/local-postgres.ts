import { randomBytes } from "node:crypto";
import { chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { escapeIdentifier, escapeLiteral } from "pg";
import type { DatabaseAddress } from "../environment/environment.ts";
import {
  createOwnedDatabase,
  letReaderRead,
  readerOf,
  withClient,
} from "../environment/owned-database.ts";
import type { InstalledServers } from "../install/installed-servers.ts";
import type { LocalServers } from "./local-servers.ts";
import { untilReady } from "./server-ready.ts";

/**
 * A PostgreSQL server of our own with its databases. Addresses are direct; a proxy's address
 * replaces host and port.
 */
export interface LocalPostgres {
  /** The superuser's, for the database `postgres`. */
  readonly superuser: DatabaseAddress;
  /**
   * Each database under the role that owns it, by the database's name; role and database share the
   * name.
   */
  readonly owners: ReadonlyMap<string, DatabaseAddress>;
  /** Each database under a role that can only read, by the database's name. */
  readonly readers: ReadonlyMap<string, DatabaseAddress>;
}

const HOST = "127.0.0.1";
const SUPERUSER_NAME = "postgres";

/**
 * Makes and starts a PostgreSQL server on 127.0.0.1 in `folder` (which must not exist), never as
 * root. It listens on TCP only: a Unix socket would be a way around the proxies. fsync stays
 * on, as users have it.
 */
export async function startLocalPostgres(parts: {
  readonly servers: LocalServers;
  readonly installed: InstalledServers["postgres"];
  readonly folder: string;
  readonly logsFolder: string;
  readonly port: number;
  readonly databases: readonly string[];
  readonly readyMsMax: number;
}): Promise<LocalPostgres> {
  const { servers, installed, folder, port } = parts;
  const superuser = {
    host: HOST,
    port,
    database: "postgres",
    user: SUPERUSER_NAME,
    password: newPassword(),
  };
  const passwordFile = join(folder, "password");
  const dataFolder = join(folder, "data");
  await mkdir(folder, { mode: 0o700 });
  await writeFile(passwordFile, superuser.password, { mode: 0o600 });
  if (installed.user !== null) {
    const { uid, gid } = installed.user;
    await Promise.all([folder, passwordFile].map((path) => chown(path, uid, gid)));
  }
  const common = {
    environment: { PATH: process.env["PATH"] ?? "", LC_ALL: "C", TZ: "UTC" },
    folder,
    user: installed.user,
    // SIGQUIT is PostgreSQL's immediate shutdown: unlike SIGKILL it leaves no shared memory behind.
    farewell: { signal: "SIGQUIT", graceMs: 5000 },
  } as const;
  await servers.run({
    ...common,
    name: "initdb",
    command: join(installed.binariesFolder, "initdb"),
    arguments: initdbArguments({ dataFolder, passwordFile }),
    logFile: join(parts.logsFolder, "initdb.log"),
  });
  const server = await servers.start({
    ...common,
    name: "postgres",
    command: join(installed.binariesFolder, "postgres"),
    arguments: ["-D", dataFolder, ...settings(port)],
    logFile: join(parts.logsFolder, "postgres.log"),
  });
  await untilReady({
    server,
    readyMsMax: parts.readyMsMax,
    probe: () => withClient(superuser, async () => {}),
  });
  const { owners, readers } = await createDatabases(superuser, parts.databases);
  for (const database of parts.databases) {
    await withClient({ ...superuser, database }, (client) => letReaderRead(client, database));
  }
  return { superuser, owners, readers };
}

function initdbArguments(files: {
  readonly dataFolder: string;
  readonly passwordFile: string;
}): string[] {
  return [
    `--pgdata=${files.dataFolder}`,
    `--username=${SUPERUSER_NAME}`,
    `--pwfile=${files.passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    // What initdb writes need not survive the machine; what the services commit is still flushed.
    "--no-sync",
  ];
}

function settings(port: number): string[] {
  const values = [
    `listen_addresses=${HOST}`,
    `port=${port}`,
    "unix_socket_directories=",
    "max_connections=200",
    "shared_buffers=64MB",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_line_prefix=%m [%p] %u@%d ",
  ];
  return values.flatMap((value) => ["-c", value]);
}

async function createDatabases(
  superuser: DatabaseAddress,
  databases: readonly string[],
): Promise<Pick<LocalPostgres, "owners" | "readers">> {
  return withClient(superuser, async (client) => {
    await client.query("REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC");
    const owners = new Map<string, DatabaseAddress>();
    const readers = new Map<string, DatabaseAddress>();
    const createRole = async (database: string, user: string) => {
      const password = newPassword();
      const name = escapeIdentifier(user);
      await client.query(`CREATE ROLE ${name} LOGIN PASSWORD ${escapeLiteral(password)}`);
      return { ...superuser, database, user, password };
    };
    for (const database of databases) {
      owners.set(database, await createRole(database, database));
      readers.set(database, await createRole(database, readerOf(database)));
      await createOwnedDatabase(client, database);
    }
    return { owners, readers };
  });
}

function newPassword(): string {
  return randomBytes(16).toString("hex");
}
