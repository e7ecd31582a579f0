import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { API_KEYS, credentialsOf } from "../scenarios/plans/callers.ts";
import { TOPICS } from "../system/domain/events.ts";
import { STOP_MS_MAX } from "../system/process/start-roles.ts";
import { directKafka } from "./environment/direct-kafka.ts";
import type { ClientAddresses, Environment } from "./environment/environment.ts";
import { withClient } from "./environment/owned-database.ts";
import { startKeeper, type Keeper, type KeptProcess } from "./keeper/keeper.ts";
import { startLocalEnvironment } from "./local/local.ts";
import { startServiceProcess } from "./processes/service-process.ts";
import { requestOnce } from "./service-client.ts";
import { pickFreePort } from "./toxiproxy/free-ports.ts";
import { proxyName } from "./toxiproxy/proxies.ts";

const CLIENT = "payment-1";
const PAYMENT = ["payment-api", "payment-relay", "payment-settle"];

let keeper: Keeper;
let environment: Environment;
beforeAll(async () => {
  keeper = await startKeeper();
  environment = await startLocalEnvironment({
    keeper,
    databases: ["payment"],
    clients: [{ name: CLIENT, databases: ["payment"] }],
  });
  const admin = directKafka(environment.administration.kafka).admin();
  await admin.connect();
  await admin.createTopics({ topics: TOPICS.map((topic) => ({ topic, numPartitions: 3 })) });
  await admin.disconnect();
});
afterEach(() => environment.proxies.healAll());
afterAll(async () => {
  await environment?.stop();
  await keeper?.end();
});

test.each([[["payment-api"]], [["payment-relay"]], [["payment-settle"]]])(
  "a process of the one role %s lives until it is told to stop, and ends with 0",
  async (roles) => {
    const { kept, log } = await startMain(roles);
    await expect(Promise.race([kept.exited, delay(500, "alive")])).resolves.toBe("alive");
    kept.signal("SIGTERM");
    expect(await kept.exited).toMatchObject({ code: 0 });
    expect(log().at(-1)).toContain('"detail":{"unfinished":""},"event":"process.stopped"');
  },
);

test("a request that waits for a lock when the process is told to stop is answered", async () => {
  const { kept, address } = await startMain(PAYMENT);
  const administration = environment.administration.database("payment");
  const answer = await withClient(administration, async (client) => {
    await client.query("BEGIN");
    await client.query("LOCK TABLE idempotency_keys IN ACCESS EXCLUSIVE MODE");
    const asked = requestOnce(address, {
      method: "POST",
      path: "/payments",
      headers: { ...credentialsOf("owner", "a"), "idempotency-key": "k1" },
      body: { senderWalletId: "a", receiverWalletId: "b", amount: "1.000", currency: "OMR" },
    });
    await delay(500);
    kept.signal("SIGTERM");
    await delay(500);
    await client.query("COMMIT");
    return asked;
  });
  expect(answer.status).toBe(202);
  const answeredAtMs = Date.now();
  expect(await kept.exited).toMatchObject({ code: 0 });
  // Not after the bound: the client's connection is idle, and is closed.
  expect(Date.now() - answeredAtMs).toBeLessThan(STOP_MS_MAX / 2);
});

test("a process whose Kafka is gone ends within its bound, and says what it did not wait for", async () => {
  const { kept, log } = await startMain(PAYMENT);
  await environment.proxies.cut(proxyName({ client: CLIENT, resource: "kafka" }));
  await delay(2_000);
  const toldAtMs = Date.now();
  kept.signal("SIGTERM");
  expect(await kept.exited).toMatchObject({ code: 0 });
  expect(Date.now() - toldAtMs).toBeLessThan(STOP_MS_MAX + 5_000);
  expect(log().at(-1)).toContain('"event":"process.stopped"');
});

test.each(["kafka", "payment-db"])(
  "a process that starts while its %s is away says so, and takes up its work when it is back",
  async (resource) => {
    const proxy = proxyName({ client: CLIENT, resource });
    await environment.proxies.cut(proxy);
    const { kept, address, log } = await spawnMain(PAYMENT);
    await untilLogged({ kept, log }, '"event":"process.waiting"');
    const ask = (path: string) => requestOnce(address, { method: "GET", path, headers: {} });
    expect(await ask("/healthz")).toMatchObject({ status: 200 });
    expect(await ask("/readyz")).toMatchObject({ status: 503 });
    await environment.proxies.heal(proxy);
    await untilLogged({ kept, log }, '"event":"process.started"');
    expect(await ask("/readyz")).toMatchObject({ status: 200, body: { troubles: [] } });
    kept.signal("SIGTERM");
    expect(await kept.exited).toMatchObject({ code: 0 });
  },
);

test("a process that is told to stop while its Kafka is away at the start ends within its bound", async () => {
  await environment.proxies.cut(proxyName({ client: CLIENT, resource: "kafka" }));
  const { kept, log } = await spawnMain(PAYMENT);
  await untilLogged({ kept, log }, '"event":"process.waiting"');
  const toldAtMs = Date.now();
  kept.signal("SIGTERM");
  expect(await kept.exited).toMatchObject({ code: 0 });
  expect(Date.now() - toldAtMs).toBeLessThan(STOP_MS_MAX + 5_000);
});

test("a process that finds a newer schema refuses to start, with 4 and a line that names it", async () => {
  const { kept } = await startMain(["payment-api"]);
  kept.signal("SIGTERM");
  await kept.exited;
  await withClient(environment.administration.database("payment"), async (client) => {
    const later = "INSERT INTO schema_migrations VALUES ('0999-later', 'c', 0)";
    await client.query(later);
    try {
      const older = await spawnMain(["payment-api"]);
      expect(await older.kept.exited).toMatchObject({ code: 4 });
      expect(older.log()).toContainEqual(
        expect.stringMatching(/^falconpay cannot start: .* 0999-later/),
      );
    } finally {
      await client.query("DELETE FROM schema_migrations WHERE version = '0999-later'");
    }
  });
});

let processes = 0;

async function startMain(roles: readonly string[]) {
  const main = await spawnMain(roles);
  await untilLogged(main, '"event":"process.started"');
  return main;
}

async function untilLogged(
  { kept, log }: Pick<Awaited<ReturnType<typeof spawnMain>>, "kept" | "log">,
  words: string,
): Promise<void> {
  while (!log().some((line) => line.includes(words))) {
    await Promise.race([
      delay(50),
      kept.exited.then(() => Promise.reject(new Error(`the process ended: ${log().join("\n")}`))),
    ]);
  }
}

/** `system/main.ts` behind the proxies of its client. */
async function spawnMain(
  roles: readonly string[],
): Promise<{ kept: KeptProcess; address: string; log: () => readonly string[] }> {
  const { kafka, databases } = addresses();
  const database = databases.get("payment");
  if (database === undefined) {
    throw new Error(`${CLIENT} has no database`);
  }
  processes += 1;
  const logFile = join(keeper.folder, `main-${processes}.log`);
  const port = await pickFreePort();
  const { user, password, host } = database;
  const kept = await startServiceProcess(keeper, {
    name: CLIENT,
    program: fileURLToPath(new URL("../system/main.ts", import.meta.url)),
    environment: {
      ROLES: roles.join(","),
      API_KEYS: JSON.stringify(API_KEYS),
      PROCESS_NAME: CLIENT,
      PAYMENT_DATABASE_URL: `postgres://${user}:${password}@${host}:${database.port}/${database.database}`,
      KAFKA_BROKERS: kafka.brokers.join(","),
      HTTP_PORT: String(port),
    },
    logFile,
  });
  const log = () => readFileSync(logFile, "utf8").trim().split("\n");
  return { kept, address: `127.0.0.1:${port}`, log };
}

function addresses(): ClientAddresses {
  const known = environment.clients.get(CLIENT);
  if (known === undefined) {
    throw new Error(`the environment has no client ${CLIENT}`);
  }
  return known;
}
