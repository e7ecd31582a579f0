import type { BrokerHost } from "../ground/broker-host.ts";
import type { KafkaErrorCode } from "../protocol/error-code.ts";
import type { PartitionOffset, ReplyOf, RequestOf, TopicPartition } from "../protocol/protocol.ts";
import { CommittedOffsets } from "./committed-offsets.ts";
import { ConsumerGroup } from "./consumer-group.ts";
import { CoordinatorLog, type AppendRecords, type CoordinatorRecord } from "./coordinator-log.ts";
import {
  decodeCoordinatorRecord,
  encodeGroup,
  encodeOffset,
  type CommittedOffset,
} from "./coordinator-record-codec.ts";
import { refusedJoin, refusedSync } from "./group-replies.ts";
import type { GroupSettings } from "./group-settings.ts";

export interface CoordinatorShardOptions {
  readonly host: BrokerHost;
  readonly settings: GroupSettings;
  readonly append: AppendRecords;
  /** What the partition holds: what the coordinator before this one has left. */
  readonly records: readonly CoordinatorRecord[];
  readonly isKnownPartition: (place: TopicPartition) => boolean;
}

/**
 * The coordinator of the groups of one partition of `__consumer_offsets`: it lives on the broker
 * that leads that partition, for as long as it does. What is not in the partition is lost with it.
 */
export class CoordinatorShard {
  readonly #options: CoordinatorShardOptions;
  readonly #host: BrokerHost;
  readonly #log: CoordinatorLog;
  readonly #groups = new Map<string, ConsumerGroup>();
  readonly #offsets = new CommittedOffsets();
  #isCleaningDue = false;
  #hasLooked = false;

  constructor(options: CoordinatorShardOptions) {
    const { host, settings, append } = options;
    this.#options = options;
    this.#host = host;
    this.#log = new CoordinatorLog({ host, lingerMs: settings.appendLingerMs, append });
    for (const [key, record] of new Map(options.records.map((each) => [each.key, each]))) {
      this.#load({ key, value: record.value });
    }
  }

  group(name: string): ConsumerGroup | undefined {
    return this.#groups.get(name);
  }

  committed(group: string, place: TopicPartition): CommittedOffset | undefined {
    return this.#offsets.get(group, place);
  }

  /** Another broker coordinates from now on. */
  unload(): void {
    for (const group of this.#groups.values()) {
      group.unload();
    }
    this.#log.end();
  }

  join(request: RequestOf<"join-group">, reply: (reply: ReplyOf<"join-group">) => void): void {
    const { sessionTimeoutMsMin, sessionTimeoutMsMax } = this.#options.settings;
    const { group: name, memberId, sessionTimeoutMs } = request;
    const group = this.#groups.get(name);
    if (sessionTimeoutMs < sessionTimeoutMsMin || sessionTimeoutMs > sessionTimeoutMsMax) {
      reply(refusedJoin("INVALID_SESSION_TIMEOUT", memberId));
    } else if (group !== undefined) {
      group.join(request, reply);
    } else if (memberId === "") {
      const created = this.#create(name);
      created.saveEmpty();
      created.join(request, reply);
    } else {
      reply(refusedJoin("UNKNOWN_MEMBER_ID", memberId));
    }
  }

  sync(request: RequestOf<"sync-group">, reply: (reply: ReplyOf<"sync-group">) => void): void {
    const group = this.#groups.get(request.group);
    if (group === undefined) {
      reply(refusedSync("UNKNOWN_MEMBER_ID"));
    } else {
      group.sync(request, reply);
    }
  }

  heartbeat(request: RequestOf<"heartbeat">): KafkaErrorCode {
    return this.#groups.get(request.group)?.heartbeat(request) ?? "UNKNOWN_MEMBER_ID";
  }

  leave(request: RequestOf<"leave-group">): KafkaErrorCode {
    return this.#groups.get(request.group)?.leave(request) ?? "UNKNOWN_MEMBER_ID";
  }

  /** Answers when the offsets are on all in-sync replicas: from then on a fetch shows them. */
  commit(
    request: RequestOf<"offset-commit">,
    reply: (reply: ReplyOf<"offset-commit">) => void,
  ): void {
    const { group, offsets } = request;
    const refusal = this.#admitCommit(request);
    if (refusal !== "NONE") {
      for (const { topic, partition, offset } of offsets) {
        this.#host.trace("commit-refused", `${group} ${topic}/${partition}`, offset);
      }
      reply(commitReply(offsets, () => refusal));
      return;
    }
    const committedAtMs = this.#host.nowMs();
    const known = offsets.filter(this.#options.isKnownPartition);
    const records = known.map((each) =>
      encodeOffset(group, each, { offset: each.offset, committedAtMs }),
    );
    const answer = (error: KafkaErrorCode) =>
      reply(
        commitReply(offsets, (each) =>
          known.includes(each) ? error : "UNKNOWN_TOPIC_OR_PARTITION",
        ),
      );
    if (known.length === 0) {
      answer("NONE");
      return;
    }
    this.#log.write(records, (error) => {
      for (const { topic, partition, offset } of error === "NONE" ? known : []) {
        this.#host.trace("commit", `${group} ${topic}/${partition}`, offset);
        this.#offsets.set(group, { topic, partition }, { offset, committedAtMs });
      }
      this.#watchExpiry();
      answer(error);
    });
  }

  fetchOffsets({ group, partitions }: RequestOf<"offset-fetch">): ReplyOf<"offset-fetch"> {
    return {
      kind: "offset-fetch",
      error: "NONE",
      partitions: partitions.map(({ topic, partition }) => {
        const offset = this.#offsets.get(group, { topic, partition })?.offset ?? -1;
        return { topic, partition, offset };
      }),
    };
  }

  /**
   * Removes the offsets that the settings say are too old, and groups that have none and no
   * members; with `now`, those of every group without members, as if the time were over.
   */
  expireOffsets({ now }: { readonly now: boolean }): void {
    for (const name of this.#offsets.groups()) {
      const expired = this.#offsets.of(name).filter((each) => this.#isExpired(name, each, { now }));
      if (expired.length > 0) {
        const records = expired.map((each) => encodeOffset(name, each, undefined));
        this.#log.write(records, () => {});
      }
      for (const each of expired) {
        this.#host.trace("offset-expired", `${name} ${each.topic}/${each.partition}`, each.offset);
        this.#offsets.delete(name, each);
      }
    }
    for (const group of this.#groups.values()) {
      if (group.state === "empty" && this.#offsets.of(group.name).length === 0) {
        group.unload();
        this.#groups.delete(group.name);
        this.#log.write([encodeGroup(group.name, undefined)], () => {});
      }
    }
  }

  #isExpired(name: string, { committedAtMs }: CommittedOffset, { now }: { now: boolean }): boolean {
    const group = this.#groups.get(name);
    if (group !== undefined && group.state !== "empty") {
      return false;
    }
    // A group that never had members has its offsets from somebody who only keeps them there.
    const sinceMs = Math.max(group?.sinceMs ?? 0, group === undefined ? committedAtMs : 0);
    return now || this.#host.nowMs() - sinceMs >= this.#options.settings.offsetsRetentionMs;
  }

  /** As often as Kafka looks, but only while there are offsets that can be too old. */
  #watchExpiry(): void {
    const { offsetsRetentionMs, offsetsRetentionCheckMs } = this.#options.settings;
    if (this.#isCleaningDue) {
      return;
    }
    this.#isCleaningDue = true;
    const rounds = Math.max(1, Math.ceil(offsetsRetentionMs / offsetsRetentionCheckMs));
    const delayMs = this.#hasLooked ? offsetsRetentionCheckMs : rounds * offsetsRetentionCheckMs;
    this.#host.setTimer(delayMs, () => {
      this.#hasLooked = true;
      this.#isCleaningDue = false;
      this.expireOffsets({ now: false });
      if (this.#offsets.groups().length > 0) {
        this.#watchExpiry();
      }
    });
  }

  #admitCommit(request: RequestOf<"offset-commit">): KafkaErrorCode {
    const group = this.#groups.get(request.group);
    if (group !== undefined) {
      return group.admitCommit(request);
    }
    return request.generation < 0 ? "NONE" : "ILLEGAL_GENERATION";
  }

  #create(name: string): ConsumerGroup {
    const group = new ConsumerGroup({
      name,
      host: this.#host,
      settings: this.#options.settings,
      save: (image, onDone) => this.#log.write([encodeGroup(name, image)], onDone),
    });
    this.#groups.set(name, group);
    return group;
  }

  #load(record: CoordinatorRecord): void {
    const news = decodeCoordinatorRecord(record);
    if (news.kind === "group" && news.image !== undefined) {
      this.#create(news.group).restore(news.image);
    } else if (news.kind === "offset" && news.committed !== undefined) {
      this.#offsets.set(news.group, news, news.committed);
    }
  }
}

function commitReply(
  offsets: readonly PartitionOffset[],
  errorOf: (each: PartitionOffset) => KafkaErrorCode,
): ReplyOf<"offset-commit"> {
  return {
    kind: "offset-commit",
    partitions: offsets.map((each) => {
      const { topic, partition } = each;
      return { topic, partition, error: errorOf(each) };
    }),
  };
}
