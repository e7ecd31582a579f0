import { NO_BROKER, type PartitionRegistration } from "../controller/partition-registration.ts";
import type { BrokerHost } from "../ground/broker-host.ts";
import { PartitionLog } from "../log/partition-log.ts";
import type { TopicPartition } from "../protocol/protocol.ts";
import type { ReplicationSettings } from "./broker-settings.ts";
import { FollowerFetches } from "./follower-fetches.ts";
import { Leadership, type LeadershipOptions } from "./leadership.ts";
import type { ReplicaFetch, ReplicaFetched } from "./replica-fetch.ts";
import { ReplicaFetcher } from "./replica-fetcher.ts";

/** The logs of a broker as they lie on its disk, by `topic/partition`: they outlive it. */
export type Disk = Map<string, PartitionLog>;

/** A broker's copy of a partition. */
interface Replica {
  readonly log: PartitionLog;
  /** While this broker leads it, as far as it knows. */
  leadership: Leadership | undefined;
  /** Whom it follows, if anybody. */
  leader: number;
}

export interface ReplicaManagerOptions {
  readonly nodeId: number;
  readonly host: BrokerHost;
  readonly settings: ReplicationSettings;
  readonly disk: Disk;
  readonly isAlive: (broker: number) => boolean;
  readonly proposeIsr: LeadershipOptions["proposeIsr"];
  readonly sendFetch: (leader: number, fetch: ReplicaFetch) => void;
  readonly sendFetched: (follower: number, fetched: ReplicaFetched) => void;
  /** This broker has begun, or ceased, to lead a partition. */
  readonly onLead: (leadership: Leadership) => void;
  readonly onResign: (place: TopicPartition) => void;
}

/** The replicas of one broker, each in the role that the broker was told last. */
export class ReplicaManager {
  readonly #options: ReplicaManagerOptions;
  readonly #topics = new Map<string, (Replica | undefined)[]>();
  readonly #fetchers = new Map<number, ReplicaFetcher>();
  readonly #followerFetches: FollowerFetches;

  constructor(options: ReplicaManagerOptions) {
    this.#options = options;
    this.#followerFetches = new FollowerFetches({
      host: options.host,
      settings: options.settings,
      leadershipOf: (place) => this.leadershipOf(place),
      send: options.sendFetched,
    });
  }

  leadershipOf({ topic, partition }: TopicPartition): Leadership | undefined {
    return this.#topics.get(topic)?.[partition]?.leadership;
  }

  /** The log of a replica that is here, whoever leads. */
  logOf({ topic, partition }: TopicPartition): PartitionLog | undefined {
    return this.#topics.get(topic)?.[partition]?.log;
  }

  /** Takes up the roles that the controller has decided on. */
  apply(registrations: readonly PartitionRegistration[]): void {
    const { nodeId } = this.#options;
    const leaders = new Set<number>();
    for (const registration of registrations) {
      if (registration.replicas.includes(nodeId)) {
        const replica = this.#replicaOf(registration);
        if (registration.leader === nodeId) {
          this.#lead(replica, registration);
        } else {
          this.#follow(replica, registration);
          leaders.add(registration.leader);
        }
      }
    }
    for (const leader of leaders) {
      this.#fetchers.get(leader)?.ask();
    }
    this.#followerFetches.reconsider();
  }

  /** There is more in a partition: its followers want to know. */
  onAppend(leadership: Leadership): void {
    this.#followerFetches.onAppend(leadership);
  }

  onReplicaFetch(fetch: ReplicaFetch): void {
    this.#followerFetches.take(fetch);
  }

  onReplicaFetched(leader: number, fetched: ReplicaFetched): void {
    this.#fetchers.get(leader)?.onFetched(fetched);
  }

  /** Removes what is too old or too much, in every replica. */
  enforceRetention(limitsOf: (log: PartitionLog) => Parameters<PartitionLog["retain"]>[0]): void {
    const { host, disk } = this.#options;
    for (const log of disk.values()) {
      if (log.retain(limitsOf(log), host.nowMs())) {
        host.trace("retention", log.name, log.startOffset);
      }
    }
  }

  #lead(replica: Replica, registration: PartitionRegistration): void {
    const { leadership } = replica;
    if (leadership?.epoch === registration.leaderEpoch) {
      leadership.update(registration);
      return;
    }
    this.#leave(replica);
    const { host, settings, isAlive, proposeIsr, onLead } = this.#options;
    const { log } = replica;
    replica.leadership = new Leadership({ host, log, registration, settings, isAlive, proposeIsr });
    onLead(replica.leadership);
  }

  #follow(replica: Replica, registration: PartitionRegistration): void {
    this.#leave(replica);
    replica.leader = registration.leader;
    if (registration.leader !== NO_BROKER) {
      this.#fetcherOf(registration.leader).follow(replica.log, registration.leaderEpoch);
    }
  }

  /** Gives up the role that it had. */
  #leave(replica: Replica): void {
    const { leadership, log } = replica;
    this.#fetchers.get(replica.leader)?.unfollow(log);
    replica.leader = NO_BROKER;
    if (leadership !== undefined) {
      replica.leadership = undefined;
      this.#options.onResign(log);
      leadership.resign();
    }
  }

  #replicaOf({ topic, partition, name, settings }: PartitionRegistration): Replica {
    let replicas = this.#topics.get(topic);
    if (replicas === undefined) {
      this.#topics.set(topic, (replicas = []));
    }
    const { disk } = this.#options;
    let log = disk.get(name);
    if (log === undefined) {
      disk.set(name, (log = new PartitionLog(topic, partition, settings)));
    }
    return (replicas[partition] ??= { log, leadership: undefined, leader: NO_BROKER });
  }

  #fetcherOf(leader: number): ReplicaFetcher {
    let fetcher = this.#fetchers.get(leader);
    if (fetcher === undefined) {
      const { nodeId, host, settings, sendFetch } = this.#options;
      fetcher = new ReplicaFetcher({
        nodeId,
        host,
        settings,
        send: (fetch) => sendFetch(leader, fetch),
      });
      this.#fetchers.set(leader, fetcher);
    }
    return fetcher;
  }
}
