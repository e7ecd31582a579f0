import type { Assignment, PartitionOffset, TopicPartition } from "../protocol/protocol.ts";
import type { BrokerConnection } from "./broker-connection.ts";
import { throwOnError } from "./kafka-error.ts";

/**
 * From where a consumer fetches next, in each partition it was given. Kept in memory: a crash
 * forgets it.
 */
export class FetchPositions {
  readonly #options: { readonly group: string; readonly fromBeginning: boolean };
  readonly #connection: BrokerConnection;
  readonly #positions = new Map<string, PartitionOffset>();

  constructor(
    options: { readonly group: string; readonly fromBeginning: boolean },
    connection: BrokerConnection,
  ) {
    this.#options = options;
    this.#connection = connection;
  }

  /** In the order of assignment. */
  all(): readonly PartitionOffset[] {
    return [...this.#positions.values()];
  }

  set(position: PartitionOffset): void {
    this.#positions.set(`${position.topic}/${position.partition}`, position);
  }

  /**
   * Starts over with these partitions: where the group committed, and where it never did, at the
   * agreed end.
   */
  async load(assignment: Assignment): Promise<void> {
    this.#positions.clear();
    if (assignment.length === 0) {
      return;
    }
    const committed = await this.#connection.ask("offset-fetch", {
      kind: "offset-fetch",
      group: this.#options.group,
      partitions: assignment,
    });
    throwOnError(committed.error, `committed offsets of ${this.#options.group}`);
    for (const position of committed.partitions) {
      this.set(position);
    }
    await this.reset(committed.partitions.filter(({ offset }) => offset < 0));
  }

  /** Moves these to the first record, or behind the last, whichever was asked for. */
  async reset(partitions: readonly TopicPartition[]): Promise<void> {
    if (partitions.length === 0) {
      return;
    }
    const at = this.#options.fromBeginning ? "earliest" : "latest";
    const listed = await this.#connection.ask("list-offsets", {
      kind: "list-offsets",
      at,
      partitions,
    });
    for (const { topic, partition, offset, error } of listed.partitions) {
      throwOnError(error, `offsets of ${topic}/${partition}`);
      this.set({ topic, partition, offset });
    }
  }
}
