import { readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Admin } from "kafkajs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { directKafka } from "../environment/direct-kafka.ts";
import { startKeeper, type Keeper } from "../keeper/keeper.ts";
import { startKafkaCluster, type BrokerId, type KafkaCluster } from "./kafka-cluster.ts";

let keeper: Keeper;
let cluster: KafkaCluster;
let admin: Admin;
beforeAll(async () => {
  keeper = await startKeeper();
  cluster = await startKafkaCluster({ keeper, clients: ["first"] });
  admin = directKafka(cluster.administration).admin();
  await admin.connect();
});
afterAll(async () => {
  await admin?.disconnect();
  await cluster?.stop();
  await keeper?.end();
});

test("a broker that goes hands its leadership on, and comes back with its log", async () => {
  await admin.createTopics({
    topics: [{ topic: "t", replicaAssignment: [{ partition: 0, replicas: [1, 2, 3] }] }],
  });
  await untilLeaderOf("t", [1]);
  await cluster.stopBroker(1, "kill");
  await untilLeaderOf("t", [2, 3]);
  await cluster.startBroker(1);
  await cluster.stopBroker(2, "shut-down");
  await cluster.stopBroker(3, "shut-down");
  expect(await untilLeaderOf("t", [1])).toBe(1);
  await cluster.startBroker(2);
  await cluster.startBroker(3);
});

test("clients come through their own proxies, and nothing is left when it stops", async () => {
  const address = cluster.clients.get("first");
  expect(address?.brokers).toHaveLength(3);
  const kafka = directKafka(address ?? { brokers: [] }, { retries: 0 });
  const client = kafka.admin();
  await client.connect();
  const { brokers } = await client.describeCluster();
  const advertised = brokers.map(({ host, port }) => `${host}:${port}`);
  expect(new Set(advertised)).toEqual(new Set(address?.brokers));
  await cluster.cut("first");
  await expect(client.describeCluster()).rejects.toThrow();
  await client.disconnect();
  await admin.disconnect();
  await cluster.stop();
  expect(readdirSync(keeper.folder)).toEqual([]);
});

async function untilLeaderOf(topic: string, leaders: readonly BrokerId[]): Promise<number> {
  for (;;) {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] }).catch(() => ({
      topics: [],
    }));
    const leader = topics[0]?.partitions[0]?.leader;
    if (leader !== undefined && leaders.some((id) => id === leader)) {
      return leader;
    }
    await delay(50);
  }
}
