import { execFile, spawn, type ChildProcess } from "node:child_process";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { findPostgres } from "../../../chaos/install/machine-tools.ts";
import { pickFreePort } from "../../../chaos/toxiproxy/free-ports.ts";

const run = promisify(execFile);

/** A real PostgreSQL server for comparisons, with nothing in it. */
export interface ScratchPostgres {
  /** Full version, `15.18`. */
  readonly version: string;
  readonly port: number;
  readonly binariesFolder: string;
  /** A connection as the superuser. */
  connect(database?: string): Promise<Client>;
  /** Ends every connection and removes the server's folder. */
  stop(): Promise<void>;
}

export interface ScratchOptions {
  /** Settings of the server beyond those that make it comparable. */
  readonly settings?: readonly string[];
  /** Commits are flushed to the disk, as users have it; off where only answers count. */
  readonly isDurable?: boolean;
}

/**
 * Starts a server on 127.0.0.1 in a folder of its own, run as the user `postgres` where the tests
 * are run by root. Its collation is C and its time zone UTC, as the engine's are.
 *
 * @throws Error when the machine has no PostgreSQL, with what mends it
 */
export async function startScratchPostgres(options: ScratchOptions = {}): Promise<ScratchPostgres> {
  const found = await findPostgres();
  if (found.kind === "missing") {
    throw new Error(`${found.problem.what}: ${found.problem.mend}`);
  }
  const { binariesFolder, user, version } = found.value;
  const folder = mkdtempSync(join(tmpdir(), "falconpay-differential-"));
  if (user !== null) {
    chownSync(folder, user.uid, user.gid);
  }
  const place = { cwd: folder, env: { LC_ALL: "C", TZ: "UTC" }, ...user };
  const data = join(folder, "data");
  const initialize = [
    "-D",
    data,
    "-U",
    "postgres",
    "-A",
    "trust",
    "-E",
    "UTF8",
    "--locale=C",
    "-N",
  ];
  await run(join(binariesFolder, "initdb"), initialize, place);
  const port = await pickFreePort();
  const settings = [
    "timezone=UTC",
    "datestyle=ISO, MDY",
    "max_connections=60",
    `fsync=${options.isDurable === true ? "on" : "off"}`,
    ...(options.settings ?? []),
  ];
  const server = spawn(
    join(binariesFolder, "postgres"),
    [
      ...["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", folder],
      ...settings.flatMap((setting) => ["-c", setting]),
    ],
    { ...place, stdio: ["ignore", "ignore", "pipe"] },
  );
  await readyLine(server);
  return {
    version,
    port,
    binariesFolder,
    connect: (database = "postgres") => connect(port, database),
    async stop() {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGQUIT");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function connect(port: number, database: string): Promise<Client> {
  const client = new Client({ host: "127.0.0.1", port, user: "postgres", database });
  // A session that is terminated tells so as an event, which nobody else listens for.
  client.on("error", () => {});
  await client.connect();
  return client;
}

function readyLine(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = "";
    server.stderr?.on("data", (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-10_000);
      if (log.includes("ready to accept connections")) {
        resolve();
      }
    });
    server.once("exit", () => reject(new Error(`PostgreSQL did not start:\n${log}`)));
  });
}
