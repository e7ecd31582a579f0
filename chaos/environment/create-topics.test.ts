import { expect, test } from "vitest";
import { createTopics } from "./create-topics.ts";

const TOPICS = [{ topic: "said", partitions: 2 }];

/** A broker that answers as it is told how many partitions are served, one answer after another. */
function brokerThat(...answers: readonly (number | Error)[]) {
  const left = [...answers];
  return {
    left,
    createTopics: () => Promise.resolve(true),
    async fetchTopicOffsets() {
      const served = left.length > 1 ? left.shift() : left[0];
      if (served instanceof Error) {
        throw served;
      }
      return Array.from({ length: served ?? 0 }, (_, partition) => ({
        partition,
        offset: "0",
        high: "0",
        low: "0",
      }));
    },
  };
}

test("it is looked until every partition is served, whatever the broker says before", async () => {
  const refusal = new Error("This server does not host this topic-partition");
  const broker = brokerThat(refusal, 0, 1, 2);
  await createTopics(broker, TOPICS, Date.now() + 10_000);
  expect(broker.left).toEqual([2]);
});

test("a broker that does not get there in time is an error that says how far it got", async () => {
  await expect(createTopics(brokerThat(1), TOPICS, Date.now() + 60)).rejects.toThrow(
    "topic said was created, and is not served in time: 1 of 2 partitions answer",
  );
});
