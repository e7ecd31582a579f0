import type { Kernel } from "../../kernel/kernel.ts";
import type { Network } from "../../network/network.ts";
import { DEFAULT_BROKER_SETTINGS, type BrokerSettings } from "../broker/broker-settings.ts";
import { KafkaBroker, type BrokerPeers } from "../broker/kafka-broker.ts";
import type { AppendedBatch } from "../broker/produce-handler.ts";
import type { ReplicationPeer } from "../broker/replica-fetch.ts";
import { partitionForKey } from "../client/producer/default-partitioner.ts";
import { Controller, type MetadataChange } from "../controller/controller.ts";
import type { PartitionRegistration } from "../controller/partition-registration.ts";
import type { BrokerHost } from "../ground/broker-host.ts";
import { OFFSETS_TOPIC } from "../groups/group-coordinator.ts";
import type { KafkaErrorCode } from "../protocol/error-code.ts";
import type { KafkaPort } from "../protocol/kafka-port.ts";
import type { NewTopic, RecordData, TopicPartition } from "../protocol/protocol.ts";
import { ClusterLinks, type ClusterNode as LinkedNode } from "./cluster-links.ts";
import { ClusterNode } from "./cluster-node.ts";

export interface KafkaClusterOptions {
  readonly kernel: Kernel;
  readonly network: Network;
  /** Where the brokers listen, one each: the first has node id 1. */
  readonly ports: readonly KafkaPort[];
  readonly settings?: Partial<BrokerSettings> | undefined;
  /** Told of every batch that a leader appends, synchronously, in the order of appending. */
  readonly onAppend?: ((batch: AppendedBatch) => void) | undefined;
}

/** Brokers, all started, with the internal topic and no other. */
export function startKafkaCluster(options: KafkaClusterOptions): KafkaCluster {
  return new KafkaCluster(options);
}

/**
 * A Kafka cluster: its brokers, the controllers as one that never fails, and the links between
 * them. What a world may do to it is here; clients speak to its brokers over the network.
 */
export class KafkaCluster {
  readonly controller: Controller;
  readonly #options: KafkaClusterOptions;
  readonly #settings: BrokerSettings;
  readonly #nodes: ReadonlyMap<number, ClusterNode>;
  readonly #links: ClusterLinks;
  /** Nothing has happened yet: what is decided is known to all at once. */
  #isBeginning = true;
  #isBalanceDue = false;

  constructor(options: KafkaClusterOptions) {
    const { kernel, network, ports } = options;
    this.#options = options;
    this.#settings = { ...DEFAULT_BROKER_SETTINGS, ...options.settings };
    this.#links = new ClusterLinks(kernel, "kafka");
    this.#nodes = new Map(
      ports.map((port, index) => {
        const nodeId = index + 1;
        return [nodeId, new ClusterNode({ kernel, network, nodeId, port })];
      }),
    );
    this.controller = new Controller({
      nodeIds: [...this.#nodes.keys()],
      topicDefaults: this.#settings.topics,
      defaultReplicationFactor: this.#settings.defaultReplicationFactor,
      publish: (change) => this.#publish(change),
    });
    for (const node of this.#nodes.values()) {
      this.#bringUp(node);
    }
    const { offsetsPartitions, offsetsReplicationFactor } = this.#settings.groups;
    this.createTopic(OFFSETS_TOPIC, offsetsPartitions, {
      replicationFactor: Math.min(offsetsReplicationFactor, ports.length),
    });
    kernel.schedule({
      delayUs: 0,
      actor: "kafka",
      settlesNothing: true,
      callback: () => {
        this.#isBeginning = false;
      },
    });
  }

  /** As the request of that name would, for whoever builds the world. */
  createTopic(
    topic: string,
    partitions: number,
    options: Partial<Pick<NewTopic, "replicationFactor" | "configs">> = {},
  ): KafkaErrorCode {
    const { replicationFactor = -1, configs = new Map<string, string>() } = options;
    return this.controller.createTopic({ topic, partitions, replicationFactor, configs });
  }

  /** More partitions of a topic, to that number in all, as the request of that name would. */
  createPartitions(topic: string, partitions: number): KafkaErrorCode {
    return this.controller.createPartitions(topic, partitions);
  }

  /** Undefined while it is stopped. @throws Error where there is no such node */
  broker(nodeId: number): KafkaBroker | undefined {
    return this.#node(nodeId).broker;
  }

  /** What lies on the disk of each node, running or not. */
  disks(): ReadonlyMap<number, ClusterNode["disk"]> {
    return new Map([...this.#nodes].map(([nodeId, { disk }]) => [nodeId, disk]));
  }

  /**
   * Stops a broker. Killed, the others learn of it only when its session is over. In order, it
   * hands its partitions over first, where somebody can take them. One that is stopped stays so.
   */
  stopBroker(nodeId: number, how: "killed" | "in-order"): void {
    const node = this.#node(nodeId);
    if (node.broker === undefined) {
      node.isStarting = false;
      return;
    }
    node.wasKilled = how === "killed";
    node.shutdownTimer?.cancel();
    if (how === "killed" || this.#nodes.size === 1) {
      this.#stop(node);
      this.#fenceAfterSession(node);
      return;
    }
    const hearsController = !this.#links.isCut(nodeId, "controller");
    if (hearsController) {
      this.controller.beginControlledShutdown(nodeId);
    }
    node.shutdownTimer = node.host.setTimer(CONTROLLED_SHUTDOWN_MS, () => {
      this.#stop(node);
      if (hearsController) {
        this.controller.fence(nodeId);
      } else {
        this.#fenceAfterSession(node);
      }
    });
  }

  /**
   * Starts a broker that was stopped, with what was on its disk or with an empty one. After it was
   * killed it is let in only when its old session is over; until then nobody can connect to it.
   * One that runs goes on.
   */
  startBroker(nodeId: number, log: "kept" | "lost"): void {
    const node = this.#node(nodeId);
    if (node.broker !== undefined) {
      return;
    }
    if (log === "lost") {
      node.disk = new Map();
    }
    if (this.#nodes.size === 1) {
      this.controller.fence(nodeId);
    }
    node.isStarting = true;
    this.#bringUpIfLetIn(node);
  }

  /**
   * Makes that broker the leader: clean, only if it is in sync; unclean, whatever it misses. The
   * brokers learn of it one by one. Whether it was decided so.
   */
  moveLeader(place: TopicPartition, to: number, how: "clean" | "unclean"): boolean {
    return this.controller.moveLeader(place, to, { isUnclean: how === "unclean" });
  }

  /** Nothing goes between the two any more. Clients reach both. */
  cut(one: LinkedNode, other: LinkedNode): void {
    this.#links.cut(one, other);
    for (const node of this.#cutFromController(one, other)) {
      if (node.broker !== undefined) {
        this.#fenceAfterSession(node);
      }
    }
  }

  /** What was said meanwhile arrives. */
  heal(one: LinkedNode, other: LinkedNode): void {
    this.#links.heal(one, other);
    for (const node of this.#cutFromController(one, other)) {
      if (node.broker === undefined) {
        this.#bringUpIfLetIn(node);
      } else {
        node.sessionTimer?.cancel();
        this.controller.unfence(node.nodeId, { isUnclean: false });
      }
    }
  }

  /**
   * A record of somebody who is not on the network, at once. Whether it was appended: not where
   * nobody leads its partition just now.
   */
  append(clientId: string, topic: string, record: Omit<RecordData, "headers">): boolean {
    const partitions = this.controller.topics().get(topic) ?? [];
    const { key } = record;
    const partition = key === null ? 0 : partitionForKey(key, partitions.length);
    const broker = this.#nodes.get(partitions[partition]?.leader ?? -1)?.broker;
    return broker?.append(clientId, { topic, partition }, record) ?? false;
  }

  /**
   * Expels every member of a group, as the request to remove them does, and sets what it has
   * committed of these topics back by so many records of each partition, as an administrator does
   * while it is empty. Whether it is being done: not while the group is not at work.
   */
  rewindGroup(
    name: string,
    { topics, back }: { readonly topics: readonly string[]; readonly back: number },
    onDone: () => void,
  ): boolean {
    const shard = [...this.#nodes.values()]
      .map(({ broker }) => broker?.coordinator.shardOf(name))
      .find((each) => each?.group(name)?.state === "stable");
    if (shard === undefined) {
      return false;
    }
    const group = { group: name, groupInstanceId: null };
    for (const memberId of shard.group(name)?.memberIds ?? []) {
      shard.leave({ kind: "leave-group", ...group, memberId });
    }
    const places = topics.flatMap((topic) => this.controller.topics().get(topic) ?? []);
    const offsets = places.flatMap(({ topic, partition }) => {
      const committed = shard.committed(name, { topic, partition })?.offset;
      return committed === undefined
        ? []
        : [{ topic, partition, offset: Math.max(0, committed - back) }];
    });
    if (back > 0 && offsets.length > 0) {
      const fromOutside = { ...group, memberId: "", generation: -1, offsets };
      shard.commit({ kind: "offset-commit", ...fromOutside }, onDone);
    } else {
      onDone();
    }
    return true;
  }

  /** The committed offsets of every group without members, as if they had been kept long enough. */
  expireOffsets(): void {
    for (const { broker } of this.#nodes.values()) {
      broker?.coordinator.expireOffsets({ now: true });
    }
  }

  /** Every broker looks for what is too old or too much, as it does every five minutes. */
  enforceRetention(): void {
    for (const { broker } of this.#nodes.values()) {
      broker?.enforceRetention();
    }
  }

  #stop(node: ClusterNode): void {
    node.stop();
    this.#links.forgetHeld(node.nodeId);
  }

  /** Where the link is one to the controllers: the broker at its other end. */
  #cutFromController(one: LinkedNode, other: LinkedNode): readonly ClusterNode[] {
    const nodeId = one === "controller" ? other : one;
    const isOne = one === "controller" || other === "controller";
    return isOne && nodeId !== "controller" ? [this.#node(nodeId)] : [];
  }

  /** A broker that starts is let in by the controllers, and only when its old session is over. */
  #bringUpIfLetIn(node: ClusterNode): void {
    const { nodeId } = node;
    const isKnown = this.controller.aliveBrokers.includes(nodeId);
    if (node.isStarting && !isKnown && !this.#links.isCut(nodeId, "controller")) {
      this.#bringUp(node);
    }
  }

  #bringUp(node: ClusterNode): void {
    const { nodeId } = node;
    node.isStarting = false;
    node.sessionTimer?.cancel();
    this.controller.unfence(nodeId, { isUnclean: node.wasKilled });
    node.wasKilled = false;
    const broker = node.start((host) => this.#createBroker(node, host));
    broker.applyMetadata(this.#everything());
  }

  #createBroker(node: ClusterNode, host: BrokerHost): KafkaBroker {
    return new KafkaBroker({
      nodeId: node.nodeId,
      host,
      settings: this.#settings,
      addresses: [...this.#nodes.values()].map(({ nodeId, port }) => ({
        nodeId,
        address: port.address,
      })),
      disk: node.disk,
      peers: this.#peersOf(node),
      onAppend: this.#options.onAppend,
      isNewWorld: this.#isBeginning,
    });
  }

  #peersOf(node: ClusterNode): BrokerPeers {
    const { nodeId } = node;
    return {
      tellBroker: (to: number, tell: (peer: ReplicationPeer) => void) => {
        const target = this.#node(to);
        const { broker } = target;
        this.#links.send(nodeId, to, () => {
          // What was sent to a broker that has stopped since is lost with it.
          if (broker !== undefined && target.broker === broker) {
            tell(broker);
          }
        });
      },
      askController: (ask, onAnswer) => {
        const { broker } = node;
        this.#toController(nodeId, () => {
          const answer = ask(this.controller);
          this.#toBroker(nodeId, () => {
            if (node.broker === broker) {
              onAnswer(answer);
            }
          });
        });
      },
    };
  }

  #publish(change: MetadataChange): void {
    this.#watchBalance();
    for (const node of this.#nodes.values()) {
      const { broker } = node;
      if (broker !== undefined) {
        this.#toBroker(node.nodeId, () => {
          if (node.broker === broker) {
            broker.applyMetadata(change);
          }
        });
      }
    }
  }

  /** As often as Kafka's controller looks, but only while there is something to move. */
  #watchBalance(): void {
    if (this.#isBalanceDue || !this.controller.isImbalanced) {
      return;
    }
    this.#isBalanceDue = true;
    this.#options.kernel.schedule({
      delayUs: this.#settings.replication.leaderImbalanceCheckMs * 1_000,
      actor: "kafka",
      settlesNothing: true,
      callback: () => {
        this.#isBalanceDue = false;
        this.controller.balanceLeaders();
        this.#watchBalance();
      },
    });
  }

  /** A single broker is its own controller; and what the world begins with is known to all. */
  #toBroker(nodeId: number, arrive: () => void): void {
    if (this.#nodes.size === 1 || this.#isBeginning) {
      arrive();
    } else {
      this.#links.send("controller", nodeId, arrive);
    }
  }

  #toController(nodeId: number, arrive: () => void): void {
    if (this.#nodes.size === 1) {
      arrive();
    } else {
      this.#links.send(nodeId, "controller", arrive);
    }
  }

  #fenceAfterSession(node: ClusterNode): void {
    if (this.#nodes.size === 1) {
      return;
    }
    const { brokerSessionTimeoutMs, brokerHeartbeatIntervalMs } = this.#settings.replication;
    // Its last heartbeat was at most one interval ago.
    const sinceMs = node.host.draw(brokerHeartbeatIntervalMs);
    node.sessionTimer?.cancel();
    node.sessionTimer = node.host.setTimer(brokerSessionTimeoutMs - sinceMs, () => {
      this.controller.fence(node.nodeId);
      this.#bringUpIfLetIn(node);
    });
  }

  #everything(): MetadataChange {
    const partitions: PartitionRegistration[] = [...this.controller.topics().values()].flat();
    return { partitions, aliveBrokers: this.controller.aliveBrokers };
  }

  #node(nodeId: number): ClusterNode {
    const node = this.#nodes.get(nodeId);
    if (node === undefined) {
      throw new Error(
        `there is no broker ${nodeId}: there is ${[...this.#nodes.keys()].join(", ")}`,
      );
    }
    return node;
  }
}

/**
 * How long a broker that is told to stop goes on, until its partitions are with others. No setting
 * of Kafka's: it asks the controller again and again until it leads nothing.
 */
const CONTROLLED_SHUTDOWN_MS = 100;
