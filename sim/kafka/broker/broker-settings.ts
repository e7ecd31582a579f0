import { DEFAULT_TOPIC_SETTINGS, type TopicSettings } from "../controller/topic-settings.ts";
import type { GroupSettings } from "../groups/group-settings.ts";
import { DEFAULT_GROUP_SETTINGS } from "../groups/group-settings.ts";

/** What is set for the brokers of a cluster. Times decide what can happen: they are Kafka's own. */
export interface BrokerSettings {
  readonly topics: TopicSettings;
  readonly groups: GroupSettings;
  readonly defaultReplicationFactor: number;
  readonly replication: ReplicationSettings;
}

export interface ReplicationSettings {
  /** `replica.fetch.wait.max.ms`: so long a follower waits for news when there are none. */
  readonly fetchWaitMsMax: number;
  /** `replica.lag.time.max.ms`: a follower that is behind for longer is out of sync. */
  readonly lagTimeMsMax: number;
  /** `replica.fetch.max.bytes`, for each partition. */
  readonly fetchBytesMax: number;
  /** `replica.fetch.backoff.ms`: after an error a follower asks again so much later. */
  readonly fetchBackoffMs: number;
  /** `broker.session.timeout.ms`: without a sign of life a broker is taken for dead. */
  readonly brokerSessionTimeoutMs: number;
  /** `broker.heartbeat.interval.ms`. */
  readonly brokerHeartbeatIntervalMs: number;
  /** `leader.imbalance.check.interval.seconds`: how often leaders go back to where they belong. */
  readonly leaderImbalanceCheckMs: number;
  /** `log.retention.check.interval.ms`. */
  readonly retentionCheckIntervalMs: number;
}

/** As Apache Kafka 4.1 has them by default; groups as the real servers of this project. */
export const DEFAULT_BROKER_SETTINGS: BrokerSettings = {
  topics: DEFAULT_TOPIC_SETTINGS,
  groups: DEFAULT_GROUP_SETTINGS,
  defaultReplicationFactor: 1,
  replication: {
    fetchWaitMsMax: 500,
    lagTimeMsMax: 30_000,
    fetchBytesMax: 1_048_576,
    fetchBackoffMs: 1_000,
    brokerSessionTimeoutMs: 9_000,
    brokerHeartbeatIntervalMs: 2_000,
    leaderImbalanceCheckMs: 300_000,
    retentionCheckIntervalMs: 300_000,
  },
};
