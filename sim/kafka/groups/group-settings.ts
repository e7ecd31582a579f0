/** What a broker sets for groups and their offsets, under Kafka's names in short. */
export interface GroupSettings {
  /** How long a first member waits for company: `group.initial.rebalance.delay.ms`. */
  readonly initialRebalanceDelayMs: number;
  readonly sessionTimeoutMsMin: number;
  readonly sessionTimeoutMsMax: number;
  /** `group.max.size`. */
  readonly membersMax: number;
  /**
   * How long a new member may wait in its first join. Five minutes, and no setting of Kafka's.
   */
  readonly newMemberJoinTimeoutMs: number;
  /**
   * What is written for groups waits so long for more: `group.coordinator.append.linger.ms`. An
   * offset is committed, and an assignment given out, so much later.
   */
  readonly appendLingerMs: number;
  /** How long a write may wait for the replicas: `offsets.commit.timeout.ms`. */
  readonly commitTimeoutMs: number;
  /** `offsets.topic.num.partitions`. */
  readonly offsetsPartitions: number;
  /** `offsets.topic.replication.factor`, as far as there are brokers. */
  readonly offsetsReplicationFactor: number;
  /** How long the offsets of a group without members are kept: `offsets.retention.minutes`. */
  readonly offsetsRetentionMs: number;
  /** `offsets.retention.check.interval.ms`. */
  readonly offsetsRetentionCheckMs: number;
  /**
   * A coordinator that has just become one reads its partition first, for at most so long. No
   * setting of Kafka's: a log as small as a run's is read in milliseconds.
   */
  readonly loadMsMax: number;
}

/**
 * As Apache Kafka 4.1 has them by default, but for what the real servers of this project set: no
 * initial delay (Kafka: 3 s; its own example configuration: none) and 4 partitions (Kafka: 50).
 */
export const DEFAULT_GROUP_SETTINGS: GroupSettings = {
  initialRebalanceDelayMs: 0,
  sessionTimeoutMsMin: 6_000,
  sessionTimeoutMsMax: 1_800_000,
  membersMax: 2_147_483_647,
  newMemberJoinTimeoutMs: 300_000,
  appendLingerMs: 5,
  commitTimeoutMs: 5_000,
  offsetsPartitions: 4,
  offsetsReplicationFactor: 3,
  offsetsRetentionMs: 604_800_000,
  offsetsRetentionCheckMs: 600_000,
  loadMsMax: 50,
};
