import { Kafka, logLevel, type Producer } from "kafkajs";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTopics } from "../environment/create-topics.ts";
import type { ClientAddresses, DatabaseAddress, Environment } from "../environment/environment.ts";
import { startKeeper, type Keeper } from "../keeper/keeper.ts";
import { startLocalEnvironment } from "../local/local.ts";

let keeper: Keeper;
let environment: Environment;
beforeAll(async () => {
  keeper = await startKeeper();
  environment = await startLocalEnvironment({
    keeper,
    databases: ["payment", "wallet"],
    clients: [
      { name: "payment-1", databases: ["payment"] },
      { name: "wallet-1", databases: ["wallet"] },
    ],
  });
  const admin = kafkaOf(environment.administration.kafka.brokers).admin();
  await admin.connect();
  await createTopics(admin, [{ topic: "said", partitions: 2 }], Date.now() + 30_000);
  await admin.disconnect();
});
afterAll(async () => {
  await environment?.stop();
  await keeper?.end();
});

test("no byte goes around the proxies: when all are cut no client works, when healed all do", async () => {
  const clients = [...environment.clients.values()];
  const before = await Promise.all(clients.map(connect));
  expect(await Promise.all(before.map(answers))).toEqual(["both answer", "both answer"]);

  await environment.proxies.cutAll();
  // Neither the connections that stood nor new ones reach anything.
  expect(await Promise.all(before.map(answers))).toEqual(["neither answers", "neither answers"]);
  expect(await Promise.all(clients.map(answersAnew))).toEqual([
    "neither answers",
    "neither answers",
  ]);
  // The servers are well: the testbed's own connections stay open.
  expect(await query(environment.administration.database("payment"))).toBe("answered");

  await environment.proxies.healAll();
  expect(await Promise.all(clients.map(answersAnew))).toEqual(["both answer", "both answer"]);
  await Promise.all(before.map(close));
});

test("a cut proxy cuts one client from one server and leaves the rest", async () => {
  const payment = addressesOf("payment-1");
  const wallet = addressesOf("wallet-1");
  await environment.proxies.cut("payment-1:kafka");
  expect(await answersAnew(payment)).toBe("only the database answers");
  expect(await answersAnew(wallet)).toBe("both answer");
  await environment.proxies.heal("payment-1:kafka");
  await environment.proxies.cut("wallet-1:wallet-db");
  expect(await answersAnew(payment)).toBe("both answer");
  expect(await answersAnew(wallet)).toBe("only Kafka answers");
  await environment.proxies.heal("wallet-1:wallet-db");
  expect(await answersAnew(wallet)).toBe("both answer");
});

test("Kafka names to each client the address of that client's proxy and no other", async () => {
  for (const client of environment.clients.values()) {
    const admin = kafkaOf(client.kafka.brokers).admin();
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    await admin.disconnect();
    const open = environment.proxies.list();
    const proxy = open.find((each) => each.client === client.name && each.resource === "kafka");
    expect(brokers.map((broker) => `${broker.host}:${broker.port}`)).toEqual([proxy?.listen]);
  }
});

test("every address that a client is given is a proxy's listening end", () => {
  const listening = environment.proxies.list().map((proxy) => proxy.listen);
  const given = [...environment.clients.values()].flatMap((client) => [
    ...client.kafka.brokers,
    ...[...client.databases.values()].map((database) => `${database.host}:${database.port}`),
  ]);
  expect(given.toSorted()).toEqual(listening.toSorted());
});

test("a proxy that is removed is gone, and its name can be given again", async () => {
  const { proxies, administration } = environment;
  const { port } = administration.database("wallet");
  const listen = addressesOf("wallet-1").databases.get("wallet");
  await proxies.remove("wallet-1:wallet-db");
  expect(await answersAnew(addressesOf("wallet-1"))).toBe("only Kafka answers");
  const place = { client: "wallet-1", resource: "wallet-db" };
  await proxies.create({
    ...place,
    listen: `127.0.0.1:${listen?.port}`,
    upstream: `127.0.0.1:${port}`,
  });
  expect(await answersAnew(addressesOf("wallet-1"))).toBe("both answer");
});

test("a name that no proxy has is refused with the names there are", async () => {
  await expect(environment.proxies.cut("payment-9:kafka")).rejects.toThrow(
    /no proxy is named payment-9:kafka; there are: payment-1:kafka, /,
  );
});

interface Connected {
  readonly database: Client;
  readonly producer: Producer;
}

function addressesOf(name: string): ClientAddresses {
  const client = environment.clients.get(name);
  if (client === undefined) {
    throw new Error(`no client is named ${name}`);
  }
  return client;
}

async function connect(addresses: ClientAddresses): Promise<Connected> {
  const [database] = [...addresses.databases.values()].map(clientOf);
  if (database === undefined) {
    throw new Error(`${addresses.name} has no database`);
  }
  const producer = kafkaOf(addresses.kafka.brokers).producer();
  await Promise.all([database.connect(), producer.connect()]);
  return { database, producer };
}

async function close(one: Connected): Promise<void> {
  await Promise.allSettled([one.database.end(), one.producer.disconnect()]);
}

async function answers(one: Connected): Promise<string> {
  const results = await Promise.allSettled([
    one.database.query("SELECT 1"),
    // Both partitions, so that the message goes where the metadata says and not over the first
    // connection.
    one.producer.send({
      topic: "said",
      messages: [
        { value: "a", partition: 0 },
        { value: "b", partition: 1 },
      ],
    }),
  ]);
  return wordsFor(results.map((result) => result.status === "fulfilled"));
}

async function answersAnew(addresses: ClientAddresses): Promise<string> {
  const [database] = [...addresses.databases.values()].map(query);
  const producer = kafkaOf(addresses.kafka.brokers).producer();
  const results = await Promise.allSettled([
    database,
    producer.connect().then(() => producer.send({ topic: "said", messages: [{ value: "c" }] })),
  ]);
  await producer.disconnect().catch(() => {});
  return wordsFor(results.map((result) => result.status === "fulfilled"));
}

function wordsFor([database, kafka]: readonly boolean[]): string {
  if (database === kafka) {
    return database === true ? "both answer" : "neither answers";
  }
  return database === true ? "only the database answers" : "only Kafka answers";
}

async function query(address: DatabaseAddress): Promise<string> {
  const client = clientOf(address);
  await client.connect();
  try {
    await client.query("SELECT 1");
    return "answered";
  } finally {
    await client.end();
  }
}

function clientOf(address: DatabaseAddress): Client {
  const client = new Client({ ...address, connectionTimeoutMillis: 2000 });
  // A cut ends the connection under it, which is the point of the test.
  client.on("error", () => {});
  return client;
}

function kafkaOf(brokers: readonly string[]): Kafka {
  return new Kafka({
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2000,
    requestTimeout: 5000,
    retry: { retries: 1, initialRetryTime: 50 },
  });
}
