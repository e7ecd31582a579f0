import type { Admin, Kafka } from "kafkajs";
import { DatabaseError, Pool } from "pg";
import type { TopicRecord, UnreadPartition } from "../scenarios/world.ts";
import type { Row } from "../system/ports/database.ts";
import { CONSUMER_GROUPS, SERVICES, type ServiceName } from "../system/process/services.ts";
import { directKafka } from "./environment/direct-kafka.ts";
import type { Environment } from "./environment/environment.ts";

/**
 * The testbed's own look at both databases and the topics, past the proxies and so past every
 * fault.
 */
export interface Observation {
  query(service: ServiceName, sql: string): Promise<readonly Row[]>;
  /** Every record of a topic at the moment of asking, by partition and offset. */
  records(topic: string): Promise<readonly TopicRecord[]>;
  /** Records that the services' groups have not committed, over all topics. */
  lag(): Promise<number>;
  /** The partitions in which there are any. */
  unread(): Promise<readonly UnreadPartition[]>;
  close(): Promise<void>;
}

const READ_MS_MAX = 30_000;
let observers = 0;

/** Opens an observation of an environment; it holds connections until it is closed. */
export async function openObservation(environment: Environment): Promise<Observation> {
  const kafka = directKafka(environment.administration.kafka);
  const admin = kafka.admin();
  await admin.connect();
  const pools = new Map(SERVICES.map(({ name }) => [name, openPool(environment, name)]));
  return {
    async query(service, sql) {
      const pool = pools.get(service);
      if (pool === undefined) {
        throw new Error(`the ${service} service has no database here`);
      }
      return readTable(pool, sql);
    },
    records: (topic) => readTopic(kafka, admin, topic),
    lag: async () => (await unreadPartitions(admin)).reduce((sum, { count }) => sum + count, 0),
    unread: () => unreadPartitions(admin),
    async close() {
      await Promise.all([admin.disconnect(), ...[...pools.values()].map((pool) => pool.end())]);
    },
  };
}

async function readTable(pool: Pool, sql: string): Promise<readonly Row[]> {
  try {
    const { rows } = await pool.query<Row>(sql);
    return rows;
  } catch (error) {
    // The service that would make the table has not started yet.
    if (error instanceof DatabaseError && error.code === UNDEFINED_TABLE) {
      return [];
    }
    throw error;
  }
}

const UNDEFINED_TABLE = "42P01";

function openPool(environment: Environment, service: ServiceName): Pool {
  const pool = new Pool({ ...environment.administration.database(service), max: 2 });
  // An idle client whose server goes away would end the runner without a listener; the next query
  // tells.
  pool.on("error", () => {});
  return pool;
}

async function readTopic(
  kafka: Kafka,
  admin: Admin,
  topic: string,
): Promise<readonly TopicRecord[]> {
  const bounds = await admin.fetchTopicOffsets(topic);
  const filled = bounds.filter(({ low, high }) => BigInt(low) < BigInt(high));
  const ends = new Map(filled.map(({ partition, high }) => [partition, BigInt(high)]));
  const records: TopicRecord[] = [];
  if (ends.size === 0) {
    return records;
  }

  observers += 1;
  const consumer = kafka.consumer({
    groupId: `testbed-observer-${observers}`,
    maxWaitTimeInMs: 50,
  });
  const complete = Promise.withResolvers<void>();
  const timer = setTimeout(
    () => complete.reject(new Error(`${topic} could not be read within ${READ_MS_MAX} ms`)),
    READ_MS_MAX,
  );
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      async eachMessage({ partition, message: { offset, key, value } }) {
        const end = ends.get(partition);
        if (end === undefined) {
          return;
        }
        records.push({ topic, partition, offset, key: textOf(key), value: textOf(value) });
        if (BigInt(offset) + 1n >= end) {
          ends.delete(partition);
        }
        if (ends.size === 0) {
          complete.resolve();
        }
      },
    });
    await complete.promise;
  } finally {
    clearTimeout(timer);
    await consumer.disconnect();
  }
  return records.toSorted(byPlace);
}

function textOf(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString("utf8");
}

/** No tie: a partition holds an offset once. */
function byPlace(left: TopicRecord, right: TopicRecord): number {
  return left.partition - right.partition || Number(BigInt(left.offset) - BigInt(right.offset));
}

async function unreadPartitions(admin: Admin): Promise<readonly UnreadPartition[]> {
  const partitions = CONSUMER_GROUPS.flatMap(({ group, topics }) =>
    topics.map((topic) => unreadOf(admin, { group, topic })),
  );
  return (await Promise.all(partitions)).flat();
}

async function unreadOf(
  admin: Admin,
  { group, topic }: { readonly group: string; readonly topic: string },
): Promise<readonly UnreadPartition[]> {
  const [bounds, fetched] = await Promise.all([
    admin.fetchTopicOffsets(topic),
    admin.fetchOffsets({ groupId: group, topics: [topic] }),
  ]);
  const committed = new Map(
    fetched.flatMap(({ partitions }) =>
      partitions.map(({ partition, offset }) => [partition, BigInt(offset)] as const),
    ),
  );
  return bounds
    .map(({ partition, low, high }) => {
      const at = committed.get(partition) ?? -1n;
      // -1: the group has committed nothing here, and will begin at the oldest record.
      const from = at < 0n ? BigInt(low) : at;
      const count = Number(BigInt(high) - from);
      return { group, topic, partition, offset: String(from), count };
    })
    .filter(({ count }) => count > 0);
}
