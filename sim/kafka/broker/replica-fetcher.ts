import type { BrokerHost } from "../ground/broker-host.ts";
import type { PartitionLog } from "../log/partition-log.ts";
import type { ReplicationSettings } from "./broker-settings.ts";
import type { ReplicaFetch, ReplicaFetched, ReplicaNews } from "./replica-fetch.ts";

interface FollowedLog {
  readonly log: PartitionLog;
  readonly leaderEpoch: number;
  /** After an error it is left out for a while. */
  isDelayed: boolean;
}

export interface ReplicaFetcherOptions {
  readonly nodeId: number;
  readonly host: BrokerHost;
  readonly settings: ReplicationSettings;
  readonly send: (fetch: ReplicaFetch) => void;
}

/**
 * A follower's side towards one leader: asks for more as soon as it was answered, for all
 * partitions at once, by the rules of Kafka's AbstractFetcherThread.
 *
 * Left out: a partition that is added while a request waits at the leader would wait for it, up to
 * `replica.fetch.wait.max.ms`; here it is asked for at once.
 */
export class ReplicaFetcher {
  readonly #options: ReplicaFetcherOptions;
  readonly #logs = new Map<string, FollowedLog>();
  #ordinal = 0;

  constructor(options: ReplicaFetcherOptions) {
    this.#options = options;
  }

  follow(log: PartitionLog, leaderEpoch: number): void {
    this.#logs.set(log.name, { log, leaderEpoch, isDelayed: false });
  }

  unfollow(log: PartitionLog): void {
    this.#logs.delete(log.name);
  }

  /** Asks for what is missing. An answer that is under way is not waited for. */
  ask(): void {
    const positions = [...this.#logs.values()]
      .filter(({ isDelayed }) => !isDelayed)
      .map(({ log, leaderEpoch }) => ({
        topic: log.topic,
        partition: log.partition,
        leaderEpoch,
        offset: log.endOffset,
        lastEpoch: log.epochs.latest,
        highWatermark: log.highWatermark,
        startOffset: log.startOffset,
      }));
    this.#ordinal += 1;
    if (positions.length > 0) {
      this.#options.send({ follower: this.#options.nodeId, ordinal: this.#ordinal, positions });
    }
  }

  onFetched({ ordinal, news }: ReplicaFetched): void {
    if (ordinal !== this.#ordinal) {
      return;
    }
    for (const each of news) {
      const followed = this.#logs.get(`${each.topic}/${each.partition}`);
      if (followed !== undefined) {
        this.#take(followed, each);
      }
    }
    this.ask();
  }

  #take(followed: FollowedLog, news: ReplicaNews): void {
    const { log } = followed;
    switch (news.kind) {
      case "records": {
        const base = news.batches[0]?.baseOffset ?? log.endOffset;
        if (base < log.endOffset && log.startOffset === log.endOffset) {
          // The leader starts in the midst of a batch, and batches come whole.
          log.restartAt(base);
        }
        log.appendPlaced(news.batches);
        log.moveHighWatermark(Math.min(news.highWatermark, log.endOffset));
        log.raiseStart(Math.min(news.startOffset, log.endOffset));
        return;
      }
      case "diverging": {
        const own = log.epochs.endOf(news.end.epoch, log.endOffset);
        const offset = Math.min(news.end.endOffset, own?.endOffset ?? log.highWatermark);
        this.#options.host.trace("truncate", log.name, offset);
        log.truncateTo(offset);
        return;
      }
      case "out-of-range":
        this.#options.host.trace("truncate", log.name, news.startOffset);
        if (log.endOffset > news.endOffset) {
          log.truncateTo(news.endOffset);
        } else {
          log.restartAt(news.startOffset);
        }
        return;
      case "not-leader":
        followed.isDelayed = true;
        this.#options.host.setTimer(this.#options.settings.fetchBackoffMs, () => {
          followed.isDelayed = false;
          if (this.#logs.get(log.name) === followed) {
            this.ask();
          }
        });
    }
  }
}
