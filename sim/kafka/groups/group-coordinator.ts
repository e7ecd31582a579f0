import type { BrokerHost } from "../ground/broker-host.ts";
import type { KafkaErrorCode } from "../protocol/error-code.ts";
import type { KafkaReply, RequestOf, TopicPartition } from "../protocol/protocol.ts";
import type { AppendRecords, CoordinatorRecord } from "./coordinator-log.ts";
import { CoordinatorShard } from "./coordinator-shard.ts";
import { refusedJoin, refusedSync } from "./group-replies.ts";
import type { GroupSettings } from "./group-settings.ts";

/** The internal topic in which groups and their offsets are kept. */
export const OFFSETS_TOPIC = "__consumer_offsets";

/** All requests about a group. */
export type GroupRequest = RequestOf<
  "join-group" | "sync-group" | "heartbeat" | "leave-group" | "offset-commit" | "offset-fetch"
>;

export interface GroupCoordinatorOptions {
  readonly host: BrokerHost;
  readonly settings: GroupSettings;
  readonly isKnownPartition: (place: TopicPartition) => boolean;
}

/** What a broker that begins to lead a partition of `__consumer_offsets` does with it. */
export interface OffsetsPartition {
  readonly partition: number;
  /** All that is in it. Called when the loading is over. */
  readonly records: () => readonly CoordinatorRecord[];
  readonly append: AppendRecords;
  /** Whether it is read at once: at the beginning of the world, where nothing is in it. */
  readonly isNew: boolean;
}

type Shard = CoordinatorShard | "loading";

/** The groups that one broker coordinates: those whose partition it leads. */
export class GroupCoordinator {
  readonly #options: GroupCoordinatorOptions;
  readonly #shards = new Map<number, Shard>();

  constructor(options: GroupCoordinatorOptions) {
    this.#options = options;
  }

  /** Which partition a group is kept in. */
  partitionOf(group: string): number {
    return partitionOfGroup(group, this.#options.settings.offsetsPartitions);
  }

  /** Undefined where another broker coordinates the group, or this one is still reading. */
  shardOf(group: string): CoordinatorShard | undefined {
    const shard = this.#shards.get(this.partitionOf(group));
    return shard === "loading" ? undefined : shard;
  }

  /** Reads the partition, and coordinates its groups from then on. */
  take({ partition, records, append, isNew }: OffsetsPartition): void {
    const { host, settings } = this.#options;
    const load = (): void => {
      if (this.#shards.get(partition) === "loading") {
        const shard = new CoordinatorShard({ ...this.#options, append, records: records() });
        this.#shards.set(partition, shard);
      }
    };
    this.#release(partition);
    this.#shards.set(partition, "loading");
    if (isNew) {
      load();
    } else {
      host.setTimer(host.draw(settings.loadMsMax), load);
    }
  }

  /** Another broker leads the partition. */
  release(partition: number): void {
    this.#release(partition);
  }

  /** Answers at once, or when the others, or the replicas, are there. */
  handle(request: GroupRequest, reply: (reply: KafkaReply) => void): void {
    const shard = this.#shards.get(this.partitionOf(request.group));
    const refusal = refusalOf(request, shard);
    if (refusal !== undefined) {
      reply(refused(request, refusal));
    } else if (shard instanceof CoordinatorShard) {
      serve(shard, request, reply);
    }
  }

  /** As `CoordinatorShard.expireOffsets`, of every group here. */
  expireOffsets({ now }: { readonly now: boolean }): void {
    for (const shard of this.#shards.values()) {
      if (shard instanceof CoordinatorShard) {
        shard.expireOffsets({ now });
      }
    }
  }

  #release(partition: number): void {
    const shard = this.#shards.get(partition);
    this.#shards.delete(partition);
    if (shard instanceof CoordinatorShard) {
      shard.unload();
    }
  }
}

function refusalOf(request: GroupRequest, shard: Shard | undefined): KafkaErrorCode | undefined {
  if (request.group === "" && !request.kind.startsWith("offset-")) {
    return "INVALID_GROUP_ID";
  }
  if (shard === undefined) {
    return "NOT_COORDINATOR";
  }
  if (shard === "loading") {
    // Nothing is known of the member yet: it is not to leave for that.
    return request.kind === "heartbeat" ? "NONE" : "COORDINATOR_LOAD_IN_PROGRESS";
  }
  return undefined;
}

function refused(request: GroupRequest, error: KafkaErrorCode): KafkaReply {
  switch (request.kind) {
    case "join-group":
      return refusedJoin(error, request.memberId);
    case "sync-group":
      return refusedSync(error);
    case "heartbeat":
    case "leave-group":
      return { kind: request.kind, error };
    case "offset-commit":
      return {
        kind: "offset-commit",
        partitions: request.offsets.map(({ topic, partition }) => ({ topic, partition, error })),
      };
    case "offset-fetch":
      return { kind: "offset-fetch", error, partitions: [] };
  }
}

function serve(
  shard: CoordinatorShard,
  request: GroupRequest,
  reply: (reply: KafkaReply) => void,
): void {
  switch (request.kind) {
    case "join-group":
      shard.join(request, reply);
      return;
    case "sync-group":
      shard.sync(request, reply);
      return;
    case "heartbeat":
      reply({ kind: "heartbeat", error: shard.heartbeat(request) });
      return;
    case "leave-group":
      reply({ kind: "leave-group", error: shard.leave(request) });
      return;
    case "offset-commit":
      shard.commit(request, reply);
      return;
    case "offset-fetch":
      reply(shard.fetchOffsets(request));
      return;
  }
}

/** As Kafka has it: `String.hashCode` of Java, made positive, modulo the number of partitions. */
export function partitionOfGroup(group: string, partitionCount: number): number {
  let hash = 0;
  for (let index = 0; index < group.length; index += 1) {
    hash = (Math.imul(31, hash) + group.charCodeAt(index)) | 0;
  }
  return (hash & 0x7fff_ffff) % partitionCount;
}
