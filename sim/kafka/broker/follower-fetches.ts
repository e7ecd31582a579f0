import type { Timer } from "../../kernel/simulated-process.ts";
import type { BrokerHost } from "../ground/broker-host.ts";
import type { TopicPartition } from "../protocol/protocol.ts";
import type { ReplicationSettings } from "./broker-settings.ts";
import type { Leadership } from "./leadership.ts";
import type {
  ReplicaFetch,
  ReplicaFetched,
  ReplicaNews,
  ReplicaPosition,
} from "./replica-fetch.ts";

interface ParkedFetch {
  readonly fetch: ReplicaFetch;
  readonly sinceMs: number;
  timer: Timer | undefined;
}

export interface FollowerFetchesOptions {
  readonly host: BrokerHost;
  readonly settings: ReplicationSettings;
  readonly leadershipOf: (place: TopicPartition) => Leadership | undefined;
  readonly send: (follower: number, fetched: ReplicaFetched) => void;
}

/**
 * A leader's side of replication: what followers ask waits here until there is news. New records
 * are told at once; how far all is committed only with them, or after `replica.fetch.wait.max.ms`:
 * a follower that becomes the leader may know less than was committed, and has it all the same.
 */
export class FollowerFetches {
  readonly #options: FollowerFetchesOptions;
  /** By follower: each asks for all its partitions in one request. */
  readonly #parked = new Map<number, ParkedFetch>();

  constructor(options: FollowerFetchesOptions) {
    this.#options = options;
  }

  take(fetch: ReplicaFetch): void {
    this.#note(fetch);
    this.#unpark(fetch.follower);
    const sinceMs = this.#options.host.nowMs();
    this.#parked.set(fetch.follower, { fetch, sinceMs, timer: undefined });
    this.#answerIfNews(fetch.follower);
    for (const follower of this.#parked.keys()) {
      this.#watchHighWatermarks(follower);
    }
  }

  /**
   * Who is alive, or in sync, is decided anew: what waits here would be asked again and again, and
   * counts again.
   */
  reconsider(): void {
    for (const { fetch } of this.#parked.values()) {
      this.#note(fetch);
    }
  }

  /** There is more in a partition. */
  onAppend({ followers }: Leadership): void {
    for (const follower of followers) {
      this.#answerIfNews(follower);
    }
  }

  #note({ follower, positions }: ReplicaFetch): void {
    for (const position of positions) {
      const leadership = this.#leadershipOf(position);
      if (leadership !== undefined && hasAllBefore(this.#newsOf(position))) {
        leadership.noteFetch(follower, position.offset);
      }
    }
  }

  #answerIfNews(follower: number): void {
    const parked = this.#parked.get(follower);
    if (parked === undefined) {
      return;
    }
    const news = parked.fetch.positions.flatMap((position) => this.#newsOf(position) ?? []);
    const isUrgent = news.some((each) => each.kind !== "records" || each.batches.length > 0);
    if (isUrgent) {
      this.#answer(follower, parked, news);
    }
  }

  #answer(follower: number, parked: ParkedFetch, news: readonly ReplicaNews[]): void {
    this.#unpark(follower);
    this.#options.send(follower, { ordinal: parked.fetch.ordinal, news });
  }

  #unpark(follower: number): void {
    this.#parked.get(follower)?.timer?.cancel();
    this.#parked.delete(follower);
  }

  /** What the follower does not know of a partition. */
  #newsOf(position: ReplicaPosition): ReplicaNews | undefined {
    const { topic, partition, offset, lastEpoch } = position;
    const leadership = this.#leadershipOf(position);
    if (leadership === undefined) {
      return { topic, partition, kind: "not-leader" };
    }
    const { log } = leadership;
    const end = lastEpoch < 0 ? undefined : log.epochs.endOf(lastEpoch, log.endOffset);
    if (end !== undefined && (end.epoch < lastEpoch || end.endOffset < offset)) {
      return { topic, partition, kind: "diverging", end };
    }
    const isUnknownEpoch = lastEpoch >= 0 && end === undefined;
    if (isUnknownEpoch || offset < log.startOffset || offset > log.endOffset) {
      const { startOffset, endOffset } = log;
      return { topic, partition, kind: "out-of-range", startOffset, endOffset };
    }
    const batches = log.batchesFrom(offset, this.#options.settings.fetchBytesMax);
    const { highWatermark, startOffset } = log;
    const isNews = highWatermark !== position.highWatermark || startOffset > position.startOffset;
    if (batches.length === 0 && !isNews) {
      return undefined;
    }
    return { topic, partition, kind: "records", batches, highWatermark, startOffset };
  }

  /** Undefined where this broker does not lead, or in another epoch. */
  #leadershipOf(position: ReplicaPosition): Leadership | undefined {
    const leadership = this.#options.leadershipOf(position);
    return leadership?.epoch === position.leaderEpoch ? leadership : undefined;
  }

  #watchHighWatermarks(follower: number): void {
    const parked = this.#parked.get(follower);
    if (parked === undefined || parked.timer !== undefined) {
      return;
    }
    const isBehind = parked.fetch.positions.some((each) => this.#newsOf(each) !== undefined);
    if (!isBehind) {
      return;
    }
    const { host, settings } = this.#options;
    const waitedMs = host.nowMs() - parked.sinceMs;
    parked.timer = host.setTimer(Math.max(0, settings.fetchWaitMsMax - waitedMs), () => {
      const news = parked.fetch.positions.flatMap((each) => this.#newsOf(each) ?? []);
      this.#answer(follower, parked, news);
    });
  }
}

/** Whether what the follower has is what the leader has. */
function hasAllBefore(news: ReplicaNews | undefined): boolean {
  return news === undefined || news.kind === "records";
}
