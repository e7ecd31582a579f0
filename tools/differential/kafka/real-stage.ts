import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Admin, ISocketFactory } from "kafkajs";
import { createTopics } from "../../../chaos/environment/create-topics.ts";
import { directKafka } from "../../../chaos/environment/direct-kafka.ts";
import {
  CLUSTER_BROKERS,
  type BrokerId,
  type KafkaCluster,
} from "../../../chaos/local/kafka-cluster.ts";
import {
  STAGE_CLIENTS,
  type ClusterStage,
  type StageClient,
} from "../../../scenarios/contracts/stage.ts";
import { createKafkaBroker } from "../../../system/adapters/kafka-broker.ts";
import type { Broker } from "../../../system/ports/broker.ts";

/** A stage on real brokers, and what ends everything that was opened there. */
export interface RealStage extends ClusterStage {
  close(): Promise<void>;
}

const TOPIC_MS_MAX = 30_000;
const CLOSE_MS_MAX = 10_000;
let stages = 0;

/**
 * A stage with a topic and a group that nobody used before. A client that dies loses its sockets
 * and gets no others; it runs on in this process, but what it holds already is handled no more.
 */
export async function openRealStage(
  cluster: KafkaCluster,
  brokers: Together = new Together(1),
): Promise<RealStage> {
  stages += 1;
  const name = `differential-${stages}`;
  const admin = directKafka(cluster.administration).admin();
  await admin.connect();
  const lines = new Map(STAGE_CLIENTS.map((client) => [client, new ClientLine()]));
  const lineOf = (client: StageClient): ClientLine => {
    const line = lines.get(client);
    if (line === undefined) {
      throw new Error(`the stage has no client ${client}`);
    }
    return line;
  };
  const opened: (() => Promise<unknown>)[] = [];
  return {
    clock: { nowMs: () => Date.now(), sleep: (delayMs) => delay(delayMs) },
    group: name,
    async createTopic(partitions, settings = {}) {
      const topic = { topic: name, partitions, settings };
      await createTopics(admin, [topic], Date.now() + TOPIC_MS_MAX);
      return name;
    },
    idempotentProducer: (client) =>
      openBroker({
        client,
        cluster,
        line: lineOf(client),
        opened,
        idempotent: true,
      }).connectProducer(),
    async leaderOf(topic, partition) {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      const known = topics[0]?.partitions.find(({ partitionId }) => partitionId === partition);
      return known?.leader ?? -1;
    },
    deleteRecords: (topic, before) =>
      admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(before) }] }),
    holdReplies: async (client) => lineOf(client).hold(),
    loseConnections: async (client) => lineOf(client).lose(),
    refuse: async (client) => lineOf(client).refuse(),
    admit: async (client) => lineOf(client).admit(),
    broker: (client) => openBroker({ client, cluster, line: lineOf(client), opened }),
    die: async (client) => lineOf(client).die(),
    committed: (topic) => fetchCommitted(admin, name, topic),
    async ends(topic) {
      const offsets = await admin.fetchTopicOffsets(topic);
      return new Map(offsets.map(({ partition, offset }) => [partition, Number(offset)]));
    },
    stopBroker: (broker, how) =>
      brokers.once(`stop ${broker}`, () => cluster.stopBroker(demandBroker(broker), how)),
    startBroker: (broker) =>
      brokers.once(`start ${broker}`, () => cluster.startBroker(demandBroker(broker))),
    async close() {
      // kafkajs's may never end.
      await Promise.race([Promise.all(opened.map((close) => close())), delay(CLOSE_MS_MAX)]);
      await admin.disconnect();
    },
  };
}

/** What several scripts do together: it is done once all of them have come to it. */
export class Together {
  readonly #count: number;
  readonly #waiting = new Map<
    string,
    { arrived: number; readonly done: PromiseWithResolvers<void> }
  >();

  constructor(count: number) {
    this.#count = count;
  }

  /** Settles when the last of them has done it. */
  once(name: string, act: () => Promise<void>): Promise<void> {
    let one = this.#waiting.get(name);
    if (one === undefined) {
      this.#waiting.set(name, (one = { arrived: 0, done: Promise.withResolvers<void>() }));
    }
    one.arrived += 1;
    if (one.arrived === this.#count) {
      act().then(one.done.resolve, one.done.reject);
    }
    return one.done.promise;
  }
}

/** The sockets of one client. */
class ClientLine {
  readonly #sockets = new Set<Socket>();
  isDead = false;
  #refuses = false;

  /** As the operating system does with those of a process that dies; there are no others. */
  die(): void {
    this.isDead = true;
    this.#refuses = true;
    this.lose();
  }

  refuse(): void {
    this.#refuses = true;
  }

  admit(): void {
    this.#refuses = false;
  }

  lose(): void {
    for (const socket of this.#sockets) {
      // As when the other end hangs up.
      socket.emit("end");
      socket.destroy();
    }
  }

  /** What arrives is not read. */
  hold(): void {
    for (const socket of this.#sockets) {
      socket.pause();
    }
  }

  readonly connect: ISocketFactory = ({ host, port, onConnect }) => {
    if (this.#refuses) {
      throw new Error("no connection of this client comes about");
    }
    const socket = connect({ host, port }, onConnect);
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    return socket;
  };
}

function openBroker(parts: {
  readonly client: StageClient;
  readonly cluster: KafkaCluster;
  readonly line: ClientLine;
  readonly opened: (() => Promise<unknown>)[];
  readonly idempotent?: boolean;
}): Broker {
  const { line, opened, idempotent = false } = parts;
  const broker = createKafkaBroker({
    clientId: parts.client,
    brokers: parts.cluster.administration.brokers,
    socketFactory: line.connect,
    idempotent,
  });
  return {
    async connectProducer() {
      const producer = await broker.connectProducer();
      opened.push(() => producer.disconnect());
      return producer;
    },
    async startConsumer(subscription) {
      const consumer = await broker.startConsumer({
        ...subscription,
        async onBatch(batch) {
          if (line.isDead) {
            throw new Error("the client is dead");
          }
          await subscription.onBatch(batch);
        },
        onEnd: (error) => {
          if (!line.isDead) {
            subscription.onEnd(error);
          }
        },
      });
      opened.push(() => consumer.stop());
      return consumer;
    },
  };
}

async function fetchCommitted(
  admin: Admin,
  groupId: string,
  topic: string,
): Promise<ReadonlyMap<number, number>> {
  const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const known = (found?.partitions ?? []).map(
    ({ partition, offset }): readonly [number, number] => [partition, Number(offset)],
  );
  return new Map(known.filter(([, offset]) => offset >= 0));
}

function demandBroker(broker: number): BrokerId {
  const id = CLUSTER_BROKERS.find((each) => each === broker);
  if (id === undefined) {
    throw new Error(`there is no broker ${broker}`);
  }
  return id;
}
