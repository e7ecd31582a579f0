import { createKernel, type Kernel } from "../../kernel/kernel.ts";
import type { SimulatedProcess } from "../../kernel/simulated-process.ts";
import { createNetwork, type Network } from "../../network/network.ts";
import {
  createKafkaClient,
  type ConsumerRequest,
  type KafkaClient,
} from "../client/kafka-client.ts";
import type { ProducerRecord } from "../client/producer/kafka-producer.ts";
import { observeCluster, type ClusterObservation } from "../cluster/cluster-observation.ts";
import { startKafkaCluster, type KafkaCluster } from "../cluster/kafka-cluster.ts";
import { kafkaProtocol, type KafkaPort } from "../protocol/kafka-port.ts";

/** What a test of the client and the broker together works with. */
export interface KafkaTestWorld {
  readonly kernel: Kernel;
  readonly network: Network;
  /** Where the broker listens. */
  readonly port: KafkaPort;
  readonly cluster: KafkaCluster;
  readonly observation: ClusterObservation;
  /** What the observer was told, in order. */
  readonly appended: readonly string[];
  readonly main: SimulatedProcess;
  /** `consumer message` per delivery, in order. */
  readonly seen: string[];
  client(process: SimulatedProcess): KafkaClient;
  /**
   * A process that consumes `payments` in the group `wallet` and notes what it sees; by default it
   * commits each.
   */
  startWallet(name: string, request?: Partial<ConsumerRequest>): SimulatedProcess;
  send(records: readonly ProducerRecord[]): Promise<void>;
}

/**
 * Runs a scenario beside a broker with the topic `payments` of four partitions. Returns the kernel,
 * for its trace.
 */
export async function inKafkaWorld(
  seed: string,
  scenario: (world: KafkaTestWorld) => Promise<void>,
): Promise<Kernel> {
  const appended: string[] = [];
  const kernel = createKernel({ seed, limits: { simulatedMs: 600_000 } });
  const network = createNetwork({ kernel });
  const port = kafkaProtocol.at("kafka-1");
  const cluster = startKafkaCluster({
    kernel,
    network,
    ports: [port],
    onAppend: ({ topic, partition, baseOffset, records }) => {
      for (const [index, { value }] of records.entries()) {
        appended.push(`${topic}/${partition}@${baseOffset + index} ${value}`);
      }
    },
  });
  const observation = observeCluster(cluster);
  cluster.createTopic("payments", 4);
  const client = (process: SimulatedProcess) =>
    createKafkaClient({ network, process, servers: [port] });
  const seen: string[] = [];
  await kernel.run(async (main) => {
    const producer = await client(main).connectProducer();
    await scenario({
      kernel,
      network,
      port,
      cluster,
      observation,
      appended,
      main,
      seen,
      client,
      send: async (records) => void (await producer.send(records)),
      startWallet: (name, request) =>
        kernel.startProcess(name, async (self) => {
          await client(self).startConsumer({
            group: "wallet",
            topics: ["payments"],
            fromBeginning: true,
            sessionTimeoutMs: 6_000,
            rebalanceTimeoutMs: 10_000,
            heartbeatIntervalMs: 1_000,
            onMessage: async (message, commit) => {
              seen.push(`${name} ${message.value}`);
              await commit();
            },
            ...request,
          });
          await self.promise("the end", () => {});
        }),
    });
  });
  return kernel;
}

/** For the topic `payments`, without headers. */
export function record(key: string | null, value: string): ProducerRecord {
  return { topic: "payments", key, value, headers: new Map() };
}

/** Records of one key: `k-0`, `k-1` and so on. */
export function numbered(count: number, key = "k"): readonly ProducerRecord[] {
  return Array.from({ length: count }, (_, index) => record(key, `${key}-${index}`));
}

/** The request takes its effect; what comes back is the connection's end. */
export function loseFirstProduceReply(network: Network): Network {
  let isLost = false;
  return {
    listen: (...parts) => network.listen(...parts),
    async connect(ends, speak) {
      const { client } = await network.connect(ends, (stream) => {
        const speaker = speak(stream);
        return {
          client: speaker,
          onMessage(message) {
            if (isLost || !JSON.stringify(message).includes('"produce"')) {
              speaker.onMessage(message);
              return;
            }
            isLost = true;
            stream.close();
            speaker.onEnd();
          },
          onEnd: () => speaker.onEnd(),
        };
      });
      return client;
    },
  };
}

/** How many records of `payments` the group `wallet` has not committed. */
export function lag(observation: ClusterObservation): number {
  return observation.progress("wallet", "payments").reduce((sum, { lag: each }) => sum + each, 0);
}
