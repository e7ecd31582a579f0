import {
  STAGE_CLIENTS,
  type ClusterStage,
  type StageClient,
} from "../../../scenarios/contracts/stage.ts";
import { createSimulatedBroker } from "../../../sim/adapters/kafka-broker.ts";
import { createSimulatedClock } from "../../../sim/adapters/simulated-host.ts";
import {
  DEFAULT_BROKER_SETTINGS,
  type BrokerSettings,
} from "../../../sim/kafka/broker/broker-settings.ts";
import { createKafkaClient } from "../../../sim/kafka/client/kafka-client.ts";
import { observeCluster } from "../../../sim/kafka/cluster/cluster-observation.ts";
import { startKafkaCluster } from "../../../sim/kafka/cluster/kafka-cluster.ts";
import { DEFAULT_GROUP_SETTINGS } from "../../../sim/kafka/groups/group-settings.ts";
import { kafkaProtocol } from "../../../sim/kafka/protocol/kafka-port.ts";
import { createKernel, type Kernel } from "../../../sim/kernel/kernel.ts";
import type { SimulatedProcess } from "../../../sim/kernel/simulated-process.ts";
import type { Latency } from "../../../sim/network/latency.ts";
import { createNetwork } from "../../../sim/network/network.ts";

const TOPIC = "said";
const GROUP = "readers";

/** Runs a check on a simulated broker of its own. Chance is the seed's. */
export function onSimulatedStage<T>(
  seed: string,
  check: (stage: ClusterStage, kernel: Kernel) => Promise<T>,
): Promise<T> {
  const kernel = createKernel({ seed, limits: { simulatedMs: 600_000 } });
  return kernel.run((self) => check(createStage(kernel, self), kernel));
}

function createStage(kernel: Kernel, self: SimulatedProcess): ClusterStage {
  const network = createNetwork({ kernel, latency: drawLatency(kernel) });
  const ports = BROKER_ADDRESSES.map((address) => kafkaProtocol.at(address));
  const cluster = startKafkaCluster({ kernel, network, ports, settings: QUICK });
  const observed = observeCluster(cluster);
  const processes = new Map(
    STAGE_CLIENTS.map((client) => [
      client,
      kernel.startProcess(client, (process) => process.promise("its end", () => {})),
    ]),
  );
  const processOf = (client: StageClient): SimulatedProcess => {
    const process = processes.get(client);
    if (process === undefined) {
      throw new Error(`the stage has no client ${client}`);
    }
    return process;
  };
  const placeOf = (client: StageClient) => {
    return { network, process: processOf(client), servers: ports };
  };
  const holds = new Map<StageClient, () => void>();
  const refusals = new Map<StageClient, () => void>();
  return {
    clock: createSimulatedClock(self),
    group: GROUP,
    async createTopic(partitions, settings = {}) {
      cluster.createTopic(TOPIC, partitions, {
        replicationFactor: ports.length,
        configs: new Map(Object.entries(settings)),
      });
      return TOPIC;
    },
    idempotentProducer: async (client) =>
      createSimulatedBroker(placeOf(client), { idempotent: true }).connectProducer(),
    async leaderOf(topic, partition) {
      return cluster.controller.topics().get(topic)?.[partition]?.leader ?? -1;
    },
    deleteRecords: (topic, before) =>
      createKafkaClient(placeOf("producer")).deleteRecords([
        { topic, partition: 0, offset: before },
      ]),
    async holdReplies(client) {
      holds.set(client, network.faults.hold({ client }, "to-client"));
    },
    async loseConnections(client) {
      network.faults.reset({ client });
      holds.get(client)?.();
    },
    async refuse(client) {
      refusals.set(client, network.faults.refuse({ client }));
    },
    async admit(client) {
      refusals.get(client)?.();
    },
    broker: (client) => createSimulatedBroker(placeOf(client)),
    die: async (client) => processOf(client).crash(),
    async committed(topic) {
      const progress = observed.progress(GROUP, topic);
      return new Map(
        progress.flatMap(({ partition, committed }) =>
          committed === undefined ? [] : [[partition, Number(committed)]],
        ),
      );
    },
    async ends(topic) {
      const progress = observed.progress(GROUP, topic);
      return new Map(
        progress.map(({ partition, highWatermark }) => [partition, Number(highWatermark)]),
      );
    },
    async stopBroker(broker, how) {
      cluster.stopBroker(broker, how === "kill" ? "killed" : "in-order");
    },
    async startBroker(broker) {
      // A real one takes seconds to start.
      await self.sleep(kernel.random.stream("differential.start").integer(0, START_MS_MAX));
      cluster.startBroker(broker, "kept");
    },
  };
}

const BROKER_ADDRESSES = ["kafka-1", "kafka-2", "kafka-3"];

const START_MS_MAX = 10_000;

/** As the cluster of real brokers has it (chaos/local/kafka-cluster.ts). */
const QUICK: Partial<BrokerSettings> = {
  groups: { ...DEFAULT_GROUP_SETTINGS, sessionTimeoutMsMin: 500 },
  replication: {
    ...DEFAULT_BROKER_SETTINGS.replication,
    lagTimeMsMax: 2_000,
    brokerSessionTimeoutMs: 1_500,
    brokerHeartbeatIntervalMs: 300,
    retentionCheckIntervalMs: 500,
  },
};

/** A machine may be idle or busy: a message takes as long as one to a real broker may take. */
function drawLatency(kernel: Kernel): Latency {
  const stream = kernel.random.stream("differential.latency");
  return [{ weight: 1, minUs: 200, maxUs: stream.pick([800, 3_000, 20_000]) }];
}
