import type { IdempotentProducer, TopicPartition } from "../../protocol/protocol.ts";

/**
 * The numbers that an idempotent producer gives its batches (kafkajs's src/producer/eosManager
 * without transactions): counted for each partition, and taken back when a request fails, whatever
 * became of it.
 */
export class Sequences {
  readonly producer: IdempotentProducer;
  /** By `topic/partition`. */
  readonly #next = new Map<string, number>();

  /** `producer` as the broker gave it. */
  constructor(producer: IdempotentProducer) {
    this.producer = producer;
  }

  /** The number of the first of so many records. */
  take({ topic, partition }: TopicPartition, count: number): number {
    const name = `${topic}/${partition}`;
    const first = this.#next.get(name) ?? 0;
    this.#set(name, first + count);
    return first;
  }

  /** As if they had never been asked for. */
  giveBack({ topic, partition }: TopicPartition, count: number): void {
    const name = `${topic}/${partition}`;
    this.#set(name, (this.#next.get(name) ?? 0) - count);
  }

  #set(name: string, sequence: number): void {
    this.#next.set(name, sequence >= SEQUENCE_MAX ? 0 : sequence);
  }
}

const SEQUENCE_MAX = 2 ** 31 - 1;
