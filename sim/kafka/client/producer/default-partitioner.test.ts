import { Partitioners, type PartitionMetadata } from "kafkajs";
import { expect, test } from "vitest";
import { Random } from "../../../kernel/random.ts";
import { partitionForKey } from "./default-partitioner.ts";

test("every key goes to the partition that kafkajs sends it to", () => {
  const kafkajs = Partitioners.DefaultPartitioner();
  const random = new Random("partitioner").stream("keys");
  const alphabet = ["a", "Z", "0", "-", "ä", "€", "😀", " "];
  const keys = [
    "",
    "payment-1",
    ...Array.from({ length: 1_000 }, () => {
      const length = random.integer(1, 40);
      return Array.from({ length }, () => random.pick(alphabet)).join("");
    }),
  ];
  for (const partitionCount of [1, 3, 6, 7]) {
    const partitionMetadata = Array.from({ length: partitionCount }, (_, partitionId) =>
      describePartition(partitionId),
    );
    for (const key of keys) {
      const expected = kafkajs({ topic: "t", partitionMetadata, message: { key, value: null } });
      expect(partitionForKey(key, partitionCount), `key ${JSON.stringify(key)}`).toBe(expected);
    }
  }
});

function describePartition(partitionId: number): PartitionMetadata {
  return { partitionErrorCode: 0, partitionId, leader: 1, replicas: [1], isr: [1] };
}
