import type { Timer } from "../../kernel/simulated-process.ts";
import {
  effectiveMinIsr,
  type PartitionRegistration,
} from "../controller/partition-registration.ts";
import type { BrokerHost } from "../ground/broker-host.ts";
import type { PartitionLog } from "../log/partition-log.ts";
import type { RecordBatch, UnplacedBatch } from "../log/record-batch.ts";
import type { KafkaErrorCode } from "../protocol/error-code.ts";
import type { ReplicationSettings } from "./broker-settings.ts";
import { FollowerProgress } from "./follower-progress.ts";

/** Who waits for records to be everywhere: told once, with what became of it. */
export type OnReplicated = (error: KafkaErrorCode) => void;

interface ReplicationWait {
  readonly offset: number;
  readonly tell: OnReplicated;
}

export interface LeadershipOptions {
  readonly host: BrokerHost;
  readonly log: PartitionLog;
  readonly registration: PartitionRegistration;
  readonly settings: ReplicationSettings;
  readonly isAlive: (broker: number) => boolean;
  /** Asks the controller for another ISR; what comes of it arrives as a registration. */
  readonly proposeIsr: (
    registration: PartitionRegistration,
    isr: readonly number[],
    onRefused: () => void,
  ) => void;
}

/**
 * A leader's view of its partition, for one leader epoch, by the rules of Kafka's Partition: who
 * follows and how far, who is in sync, and up to where all is committed.
 */
export class Leadership {
  readonly epoch: number;
  /** Where its epoch begins: until all is committed up to there, nobody knows how far it was. */
  readonly startOffset: number;
  readonly log: PartitionLog;
  readonly #options: LeadershipOptions;
  readonly #followers = new Map<number, FollowerProgress>();
  #registration: PartitionRegistration;
  /** Asked of the controller and not answered; until then both have to have everything. */
  #wantedIsr: readonly number[] | undefined;
  readonly #replicationWaits: ReplicationWait[] = [];
  #lagTimer: Timer | undefined;
  #isOver = false;

  constructor(options: LeadershipOptions) {
    const { registration, log, host } = options;
    this.#options = options;
    this.#registration = registration;
    this.log = log;
    this.epoch = registration.leaderEpoch;
    this.startOffset = log.endOffset;
    log.epochs.note(this.epoch, log.endOffset);
    for (const follower of registration.replicas) {
      if (follower !== registration.leader) {
        const isInSync = registration.isr.includes(follower);
        this.#followers.set(follower, new FollowerProgress(isInSync ? host.nowMs() : undefined));
      }
    }
    this.#advance();
    this.#watchLag();
  }

  get registration(): PartitionRegistration {
    return this.#registration;
  }

  get highWatermark(): number {
    return this.log.highWatermark;
  }

  get followers(): Iterable<number> {
    return this.#followers.keys();
  }

  /** Whether enough replicas are in sync for acks from all. */
  get hasEnoughInSync(): boolean {
    return this.#registration.isr.length >= effectiveMinIsr(this.#registration);
  }

  /** The controller's new decision, with the same leader in the same epoch. */
  update(registration: PartitionRegistration): void {
    if (registration.partitionEpoch > this.#registration.partitionEpoch) {
      this.#registration = registration;
      this.#wantedIsr = undefined;
      this.#advance();
      this.#watchLag();
    }
  }

  append(batch: UnplacedBatch): RecordBatch {
    const placed = this.log.append(batch);
    if (this.#followers.size === 0) {
      this.#commitTo(placed.nextOffset);
    } else {
      this.#advance();
      this.#watchLag();
    }
    return placed;
  }

  /** A follower asks from there on, so it has all that is before. */
  noteFetch(follower: number, offset: number): void {
    const progress = this.#followers.get(follower);
    if (progress === undefined) {
      return;
    }
    progress.note(offset, { endOffset: this.log.endOffset, nowMs: this.#options.host.nowMs() });
    const { isr } = this.#registration;
    const isCaughtUp = offset >= this.highWatermark;
    if (!isr.includes(follower) && isCaughtUp && this.#options.isAlive(follower)) {
      this.#propose([...isr, follower]);
    }
    this.#advance();
  }

  /** Told when all in-sync replicas have what is before the offset: perhaps at once. */
  whenReplicated(offset: number, tell: OnReplicated): void {
    if (this.highWatermark >= offset) {
      tell(this.#errorOfCommitted());
    } else {
      this.#replicationWaits.push({ offset, tell });
    }
  }

  /** Nobody waits for it any more. */
  stopWaiting(tell: OnReplicated): void {
    const index = this.#replicationWaits.findIndex((wait) => wait.tell === tell);
    if (index >= 0) {
      this.#replicationWaits.splice(index, 1);
    }
  }

  /** Another one leads, or this broker stops leading: whoever waits is told. */
  resign(): void {
    this.#isOver = true;
    this.#lagTimer?.cancel();
    for (const { tell } of this.#replicationWaits.splice(0)) {
      tell("NOT_LEADER_OR_FOLLOWER");
    }
    this.log.wakeReaders();
  }

  /**
   * Up to the least of those that have to have everything: who is in sync or is asked to be, and
   * who is about to be. Below the minimum nothing is committed.
   */
  #advance(): void {
    if (!this.hasEnoughInSync) {
      return;
    }
    const { isr } = this.#registration;
    const { lagTimeMsMax } = this.#options.settings;
    const now = { endOffset: this.log.endOffset, nowMs: this.#options.host.nowMs() };
    let offset = this.log.endOffset;
    for (const [follower, progress] of this.#followers) {
      const counts =
        isr.includes(follower) ||
        this.#wantedIsr?.includes(follower) === true ||
        (progress.isCaughtUp(now, lagTimeMsMax) && this.#options.isAlive(follower));
      if (counts) {
        offset = Math.min(offset, progress.endOffset);
      }
    }
    this.#commitTo(offset);
  }

  #commitTo(offset: number): void {
    if (offset <= this.highWatermark) {
      return;
    }
    this.log.moveHighWatermark(offset);
    const waits = this.#replicationWaits;
    if (waits.length > 0) {
      const over = waits.filter((wait) => wait.offset <= offset);
      const rest = waits.filter((wait) => wait.offset > offset);
      waits.splice(0, waits.length, ...rest);
      for (const { tell } of over) {
        tell(this.#errorOfCommitted());
      }
    }
  }

  #errorOfCommitted(): KafkaErrorCode {
    return this.hasEnoughInSync ? "NONE" : "NOT_ENOUGH_REPLICAS_AFTER_APPEND";
  }

  /** Looks for followers that lag while there are any behind, as often as Kafka's own check. */
  #watchLag(): void {
    if (this.#lagTimer !== undefined || this.#isOver || this.#behind().length === 0) {
      return;
    }
    const { host, settings } = this.#options;
    this.#lagTimer = host.setTimer(Math.floor(settings.lagTimeMsMax / 2), () => {
      this.#lagTimer = undefined;
      this.#shrink();
      this.#watchLag();
    });
  }

  /** In sync, by the controller, and not at the end of the log. */
  #behind(): readonly number[] {
    const { isr, leader } = this.#registration;
    const endOffset = this.log.endOffset;
    return isr.filter(
      (each) => each !== leader && this.#followers.get(each)?.endOffset !== endOffset,
    );
  }

  #shrink(): void {
    const now = { endOffset: this.log.endOffset, nowMs: this.#options.host.nowMs() };
    const { lagTimeMsMax } = this.#options.settings;
    const late = this.#behind().filter(
      (each) => this.#followers.get(each)?.isCaughtUp(now, lagTimeMsMax) === false,
    );
    if (late.length > 0) {
      this.#propose(this.#registration.isr.filter((each) => !late.includes(each)));
    }
  }

  #propose(isr: readonly number[]): void {
    if (this.#wantedIsr === undefined) {
      this.#wantedIsr = isr;
      this.#options.proposeIsr(this.#registration, isr, () => {
        this.#wantedIsr = undefined;
      });
    }
  }
}
