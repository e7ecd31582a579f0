import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Client } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DatabaseAddress } from "../environment/environment.ts";
import { requireServers } from "../install/install.ts";
import { startKeeper, type Keeper } from "../keeper/keeper.ts";
import { pickFreePort } from "../toxiproxy/free-ports.ts";
import { startLocalKafka } from "./local-kafka.ts";
import { startLocalPostgres } from "./local-postgres.ts";
import { openLocalServers } from "./local-servers.ts";
import { startLocalToxiproxy } from "./local-toxiproxy.ts";
import { startLocalEnvironment } from "./local.ts";
import { isLostPort } from "./server-ready.ts";

let keeper: Keeper;
beforeEach(async () => {
  keeper = await startKeeper();
});
afterEach(() => keeper.end());

const DATABASES = ["payment", "wallet"];
const CLIENTS = [
  { name: "payment-1", databases: ["payment"] },
  { name: "wallet-1", databases: ["wallet"] },
];

test("a service reaches its own database and no other", async () => {
  const environment = await startLocalEnvironment({
    keeper,
    databases: DATABASES,
    clients: CLIENTS,
  });
  const payment = environment.clients.get("payment-1")?.databases.get("payment");
  if (payment === undefined) {
    throw new Error("payment-1 has no database");
  }
  expect(await ask(payment, "SELECT current_user AS answer")).toBe("payment");
  await ask(payment, "CREATE TABLE its_own ()");
  expect(await ask(payment, "SELECT count(*) AS answer FROM its_own")).toBe("0");
  for (const database of ["wallet", "postgres", "template1"]) {
    await expect(ask({ ...payment, database }, "SELECT 1 AS answer")).rejects.toThrow(
      `permission denied for database "${database}"`,
    );
  }
  expect(
    await ask(environment.administration.database("wallet"), "SELECT current_user AS answer"),
  ).toBe("postgres");
  expect(await ask(environment.administration.database("wallet"), "SHOW fsync", "fsync")).toBe(
    "on",
  );
  await environment.stop();
  expect(serversUnder(keeper.folder)).toEqual([]);
  expect(readdirSync(keeper.folder)).toEqual([]);
});

test("a start that fails half-way stops what had started, and says why", async () => {
  const installed = await requireServers();
  const broken = { ...installed, kafka: { ...installed.kafka, jarsFolder: keeper.folder } };
  await expect(
    startLocalEnvironment({ keeper, databases: DATABASES, clients: CLIENTS, installed: broken }),
  ).rejects.toThrow(/kafka-format ended with code 1; from its log:\n.*kafka\.tools\.StorageTool/s);
  expect(serversUnder(keeper.folder)).toEqual([]);
  expect(readdirSync(keeper.folder)).toEqual([]);
});

test.each(["postgres", "kafka", "toxiproxy"] as const)(
  "a port given for %s that is taken is refused by its number before anything starts",
  async (server) => {
    const taken = await takePort();
    await expect(
      startLocalEnvironment({
        keeper,
        databases: DATABASES,
        clients: CLIENTS,
        ports: { [server]: taken.port },
      }),
    ).rejects.toThrow(`port ${taken.port} on 127.0.0.1 is taken`);
    expect(readdirSync(keeper.folder)).toEqual([]);
    taken.release();
  },
);

test("a picked port that another process takes first is known from each server's log", async () => {
  const installed = await requireServers();
  const taken = await takePort();
  const { port } = taken;
  const servers = openLocalServers(keeper);
  const site = { servers, logsFolder: keeper.folder, readyMsMax: 60_000 };
  const folder = (name: string) => join(keeper.folder, name);
  await mkdir(folder("toxiproxy"));
  const ports = { administration: port, controller: await pickFreePort() };
  const starts = await Promise.allSettled([
    startLocalPostgres({
      ...site,
      installed: installed.postgres,
      folder: folder("postgres"),
      port,
      databases: [],
    }),
    startLocalKafka({ ...site, installed, folder: folder("kafka"), ports, clients: [] }),
    startLocalToxiproxy({
      ...site,
      installed: installed.toxiproxy,
      folder: folder("toxiproxy"),
      port,
    }),
  ]);
  taken.release();
  const reasons = starts.map((start) => ("reason" in start ? String(start.reason) : "it started"));
  expect(reasons.map((reason) => reason.split("; from its log")[0])).toEqual([
    "ServerNotReady: postgres ended with code 1 during its start",
    "ServerNotReady: kafka ended with code 1 during its start",
    "ServerNotReady: toxiproxy cannot listen",
  ]);
  expect(starts.map((start) => "reason" in start && isLostPort(start.reason))).toEqual([
    true,
    true,
    true,
  ]);
});

test("a runner that is killed leaves no server and no folder behind", async () => {
  const moduleUrl = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const code = `
    import { startLocalEnvironment } from ${moduleUrl("./local.ts")};
    import { startKeeper } from ${moduleUrl("../keeper/keeper.ts")};
    const keeper = await startKeeper();
    await startLocalEnvironment({ keeper, databases: ["payment"], clients: [{ name: "payment-1", databases: ["payment"] }] });
    process.stdout.write(keeper.folder, () => process.kill(process.pid, "SIGKILL"));
  `;
  const runner = spawn(process.execPath, ["--input-type=module", "-e", code], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  // The keeper holds the runner's standard error: it closes when the keeper has cleaned up and is
  // gone.
  const closed = once(runner, "close");
  const [folder] = await Promise.all([text(runner.stdout), text(runner.stderr), closed]);
  expect(folder).toMatch(/falconpay-/);
  expect(serversUnder(folder)).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

async function ask(address: DatabaseAddress, sql: string, column = "answer"): Promise<unknown> {
  const client = new Client({ ...address, connectionTimeoutMillis: 2000 });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows[0]?.[column];
  } finally {
    await client.end();
  }
}

async function takePort() {
  const port = await pickFreePort();
  const server = createServer().listen({ port, host: "127.0.0.1" });
  await once(server, "listening");
  return { port, release: () => void server.close() };
}

/**
 * Every process whose working folder or command line names the run's folder, by its command line.
 */
function serversUnder(folder: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")];
      } catch {
        // It ended between the listing and the reading.
        return [];
      }
    })
    .filter((commandLine) => commandLine.includes(folder));
}
