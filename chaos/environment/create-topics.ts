import { setTimeout as delay } from "node:timers/promises";
import type { Admin } from "kafkajs";

const POLL_INTERVAL_MS = 50;

/** A topic, with settings under Kafka's names. */
interface NewTopic {
  readonly topic: string;
  readonly partitions: number;
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Creates topics and resolves when each of their partitions is served. kafkajs's own
 * `waitForLeaders` throws "does not host this topic-partition" when a topic of the same name was
 * deleted a moment before, and a leader that the metadata names may not host its partition yet: so
 * every partition is asked for its offsets until its leader answers.
 *
 * @throws Error when they do not by `deadlineAtMs`
 */
export async function createTopics(
  admin: Pick<Admin, "createTopics" | "fetchTopicOffsets">,
  topics: readonly NewTopic[],
  deadlineAtMs: number,
): Promise<void> {
  await admin.createTopics({
    topics: topics.map(({ topic, partitions, settings = {} }) => ({
      topic,
      numPartitions: partitions,
      configEntries: Object.entries(settings).map(([setting, value]) => ({ name: setting, value })),
    })),
    waitForLeaders: false,
  });
  for (const { topic, partitions } of topics) {
    await untilServed(admin, { topic, partitions }, deadlineAtMs);
  }
}

async function untilServed(
  admin: Pick<Admin, "fetchTopicOffsets">,
  { topic, partitions }: { readonly topic: string; readonly partitions: number },
  deadlineAtMs: number,
): Promise<void> {
  for (;;) {
    const found = await admin.fetchTopicOffsets(topic).then(
      (offsets) => `${offsets.length} of ${partitions} partitions answer`,
      (error: unknown) => String(error),
    );
    if (found === `${partitions} of ${partitions} partitions answer`) {
      return;
    }
    if (Date.now() >= deadlineAtMs) {
      throw new Error(`topic ${topic} was created, and is not served in time: ${found}`);
    }
    await delay(POLL_INTERVAL_MS);
  }
}
