import { beforeAll, describe, expect, it } from "vitest";
import { brokerContract } from "../scenarios/contracts/broker-contract.ts";
import { databaseContract } from "../scenarios/contracts/database-contract.ts";
import { httpContract, type HttpStage } from "../scenarios/contracts/http-contract.ts";
import { migrationContract } from "../scenarios/contracts/migration-contract.ts";
import {
  STAGE_CLIENTS,
  type BrokerStage,
  type DatabaseStage,
  type StageClient,
} from "../scenarios/contracts/stage.ts";
import { createHttpClient, createSimulatedServer } from "./adapters/http.ts";
import { createSimulatedBroker } from "./adapters/kafka-broker.ts";
import { createSimulatedDatabase } from "./adapters/postgres-database.ts";
import { createSimulatedClock } from "./adapters/simulated-host.ts";
import { startKafkaCluster } from "./kafka/cluster/kafka-cluster.ts";
import { kafkaProtocol } from "./kafka/protocol/kafka-port.ts";
import { createKernel, type Kernel } from "./kernel/kernel.ts";
import type { SimulatedProcess } from "./kernel/simulated-process.ts";
import { createNetwork, type Network } from "./network/network.ts";
import { postgresProtocol } from "./postgres/server/postgres-protocol.ts";
import { startPostgresServer } from "./postgres/server/postgres-server.ts";
import { loadPostgresParser } from "./postgres/syntax/postgres-parser.ts";

beforeAll(() => loadPostgresParser());

const SEEDS = ["1", "2", "3"];

describe("the simulated PostgreSQL", () => {
  it.each(databaseContract)("$claim", async ({ check }) => {
    for (const seed of SEEDS) {
      const kernel = createKernel({ seed });
      expect(await kernel.run((self) => check(databaseStage(kernel, self)))).toBeUndefined();
    }
  });
});

describe("migrations, on the simulated PostgreSQL", () => {
  it.each(migrationContract)("$claim", async ({ check }) => {
    for (const seed of SEEDS) {
      const kernel = createKernel({ seed });
      expect(await kernel.run((self) => check(databaseStage(kernel, self)))).toBeUndefined();
    }
  });
});

describe("the simulated Kafka", () => {
  it.each(brokerContract)("$claim", async ({ check }) => {
    for (const seed of SEEDS) {
      const kernel = createKernel({ seed });
      expect(await kernel.run((self) => check(brokerStage(kernel, self)))).toBeUndefined();
    }
  });
});

describe("the simulated HTTP server", () => {
  it.each(httpContract)("$claim", async ({ check }) => {
    for (const seed of SEEDS) {
      const kernel = createKernel({ seed });
      expect(await kernel.run((self) => check(httpStage(kernel, self)))).toBeUndefined();
    }
  });
});

function httpStage(kernel: Kernel, self: SimulatedProcess): HttpStage {
  const network = createNetwork({ kernel });
  const client = createHttpClient(network, self);
  return {
    async serve(routes) {
      const process = startIdle(kernel, "first");
      const running = await createSimulatedServer(kernel, network, process).serve(routes);
      return {
        async ask(question) {
          const { headers: sent = {} } = question;
          const {
            status,
            headers = {},
            body,
          } = await client("first", { ...question, headers: sent });
          return { status, headers, body };
        },
        close: () => running.close(),
      };
    },
  };
}

function databaseStage(kernel: Kernel, self: SimulatedProcess): DatabaseStage {
  const network = createNetwork({ kernel });
  const { listening, terminate } = withTermination(network);
  const port = postgresProtocol.at("contract-db");
  startPostgresServer({ kernel, network: listening, port, onCommit() {} });
  const databases = forEachClient((client) =>
    createSimulatedDatabase({
      network,
      process: startIdle(kernel, client),
      server: port,
    }),
  );
  return {
    clock: createSimulatedClock(self),
    database: (client) => databases[client],
    loseConnections: async (client) => terminate(client),
  };
}

/**
 * The network for a server whose sessions can be ended from its side, as by `pg_terminate_backend`.
 */
function withTermination(network: Network) {
  const sessions = new Set<{ readonly name: string; end(): void }>();
  const listening: Network = {
    connect: (...parts) => network.connect(...parts),
    listen: (port, accept, owner) =>
      network.listen(
        port,
        (stream) => {
          const listener = accept(stream);
          const end = () => {
            listener.onEnd();
            stream.close();
          };
          sessions.add({ name: stream.name, end });
          return listener;
        },
        owner,
      ),
  };
  const terminate = (client: StageClient) => {
    [...sessions].filter(({ name }) => name.startsWith(`${client}.`)).forEach(({ end }) => end());
  };
  return { listening, terminate };
}

function brokerStage(kernel: Kernel, self: SimulatedProcess): BrokerStage {
  const network = createNetwork({ kernel });
  const port = kafkaProtocol.at("kafka-1");
  const kafka = startKafkaCluster({ kernel, network, ports: [port] });
  const processes = forEachClient((client) => startIdle(kernel, client));
  const brokers = forEachClient((client) =>
    createSimulatedBroker({ network, process: processes[client], servers: [port] }),
  );
  return {
    clock: createSimulatedClock(self),
    group: "readers",
    async createTopic(partitions) {
      kafka.createTopic("said", partitions);
      return "said";
    },
    broker: (client) => brokers[client],
    die: async (client) => processes[client].crash(),
  };
}

function startIdle(kernel: Kernel, name: StageClient): SimulatedProcess {
  return kernel.startProcess(name, (process) => process.promise("its end", () => {}));
}

function forEachClient<T>(make: (client: StageClient) => T): Readonly<Record<StageClient, T>> {
  const [first, second, third, producer] = STAGE_CLIENTS;
  return {
    first: make(first),
    second: make(second),
    third: make(third),
    producer: make(producer),
  };
}
