import type { PartitionOffset, TopicPartition } from "../protocol/protocol.ts";
import type { CommittedOffset } from "./coordinator-record-codec.ts";

/** The offsets of one group. */
type OffsetsOfGroup = Map<string, PartitionOffset & CommittedOffset>;

/** The offsets that groups have committed, as far as they are on all in-sync replicas. */
export class CommittedOffsets {
  readonly #groups = new Map<string, OffsetsOfGroup>();

  /** Undefined where the group never committed, or the offset has expired. */
  get(group: string, { topic, partition }: TopicPartition): CommittedOffset | undefined {
    return this.#groups.get(group)?.get(`${topic}/${partition}`);
  }

  set(group: string, { topic, partition }: TopicPartition, committed: CommittedOffset): void {
    let offsets = this.#groups.get(group);
    if (offsets === undefined) {
      this.#groups.set(group, (offsets = new Map<string, PartitionOffset & CommittedOffset>()));
    }
    offsets.set(`${topic}/${partition}`, { topic, partition, ...committed });
  }

  delete(group: string, { topic, partition }: TopicPartition): void {
    const offsets = this.#groups.get(group);
    offsets?.delete(`${topic}/${partition}`);
    if (offsets?.size === 0) {
      this.#groups.delete(group);
    }
  }

  /** Groups that have offsets. */
  groups(): readonly string[] {
    return [...this.#groups.keys()];
  }

  /** All of one group, in the order of the first commit. */
  of(group: string): readonly (PartitionOffset & CommittedOffset)[] {
    return [...(this.#groups.get(group)?.values() ?? [])];
  }
}
