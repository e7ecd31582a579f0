import { setTimeout as delay } from "node:timers/promises";
import type { Admin } from "kafkajs";
import { createTopics } from "./create-topics.ts";
import { directKafka } from "./direct-kafka.ts";
import type { Environment } from "./environment.ts";
import { letReaderRead, recreateOwnedDatabase, withClient } from "./owned-database.ts";

const POLL_INTERVAL_MS = 50;
const PARTITIONS_PER_TOPIC = 3;

/**
 * Makes an environment as good as new for the next run: every proxy open, the databases empty, the
 * topics empty and no other topic there, no consumer group. The processes of the last run must have
 * ended.
 *
 * @throws Error when the servers did not get there within `resetMsMax`
 */
export async function resetEnvironment(parts: {
  readonly environment: Environment;
  readonly databases: readonly string[];
  readonly topics: readonly string[];
  readonly resetMsMax: number;
}): Promise<void> {
  const { environment, databases, topics, resetMsMax } = parts;
  const deadlineAtMs = Date.now() + resetMsMax;
  await environment.proxies.healAll();
  await Promise.all([
    resetDatabases(environment, databases),
    resetKafka(environment, topics, deadlineAtMs),
  ]);
}

async function resetDatabases(environment: Environment, databases: readonly string[]) {
  await withClient(environment.administration.database("postgres"), async (client) => {
    for (const database of databases) {
      await recreateOwnedDatabase(client, database);
    }
  });
  for (const database of databases) {
    await withClient(environment.administration.database(database), (client) =>
      letReaderRead(client, database),
    );
  }
}

async function resetKafka(
  environment: Environment,
  topics: readonly string[],
  deadlineAtMs: number,
) {
  const admin = directKafka(environment.administration.kafka).admin();
  await admin.connect();
  try {
    await deleteGroups(admin, deadlineAtMs);
    const old = (await admin.listTopics()).filter((topic) => !topic.startsWith("__"));
    if (old.length > 0) {
      await admin.deleteTopics({ topics: old });
    }
    await until(deadlineAtMs, "the old topics are gone", async () => {
      const left = await admin.listTopics();
      return !left.some((topic) => old.includes(topic));
    });
    const wanted = topics.map((topic) => ({ topic, partitions: PARTITIONS_PER_TOPIC }));
    await createTopics(admin, wanted, deadlineAtMs);
  } finally {
    await admin.disconnect();
  }
}

/**
 * A member that was killed stays in its group until its session is over, and so long the group
 * cannot go.
 */
async function deleteGroups(admin: Admin, deadlineAtMs: number): Promise<void> {
  await until(deadlineAtMs, "the old consumer groups are gone", async () => {
    const { groups } = await admin.listGroups();
    if (groups.length === 0) {
      return true;
    }
    try {
      await admin.deleteGroups(groups.map((group) => group.groupId));
    } catch (error) {
      // By name: kafkajs's types know this class, the package does not export it.
      if (!(error instanceof Error) || error.name !== "KafkaJSDeleteGroupsError") {
        throw error;
      }
    }
    return false;
  });
}

async function until(deadlineAtMs: number, what: string, holds: () => Promise<boolean>) {
  while (!(await holds())) {
    if (Date.now() > deadlineAtMs) {
      throw new Error(`the environment was not reset in time: not yet, ${what}`);
    }
    await delay(POLL_INTERVAL_MS);
  }
}
