import type { RandomStream } from "../../../kernel/random.ts";
import type { PartitionMetadata } from "../../protocol/protocol.ts";
import { partitionForKey } from "./default-partitioner.ts";

/** kafkajs's default: by the key, and without one in turn over what has a leader. */
export class Partitioner {
  readonly #stream: RandomStream;
  /** By topic. Each begins at a partition of chance. */
  readonly #counts = new Map<string, number>();

  constructor(stream: RandomStream) {
    this.#stream = stream;
  }

  choose(topic: string, key: string | null, known: readonly PartitionMetadata[]): number {
    if (key !== null) {
      return partitionForKey(key, known.length);
    }
    const count = (this.#counts.get(topic) ?? this.#stream.integer(0, 0xffff)) + 1;
    this.#counts.set(topic, count);
    const led = known.filter(({ leader }) => leader >= 0);
    return led[count % led.length]?.partition ?? count % known.length;
  }
}
