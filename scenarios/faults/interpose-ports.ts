import type { Broker, Delivery } from "../../system/ports/broker.ts";
import type { Connection, Database } from "../../system/ports/database.ts";
import type { Server } from "../../system/ports/server.ts";
import type { ProcessPorts } from "../../system/process/start-roles.ts";
import type { EffectGate } from "./effect-gate.ts";

/** The ports of a process with every exchange through them passing the gate. */
export function interposePorts(
  ports: ProcessPorts,
  gate: EffectGate,
  onDelivery: (delivery: Delivery) => void,
): ProcessPorts {
  return {
    ...ports,
    database: (service) => interposeDatabase(ports.database(service), `${service}-db`, gate),
    broker: interposeBroker(ports.broker, gate, onDelivery),
    server: interposeServer(ports.server, gate),
  };
}

/**
 * Effects `<resource>/<purpose>.<verb>`: `payment-db/accept.commit`, `wallet-db/transfer.select`.
 */
function interposeDatabase(database: Database, resource: string, gate: EffectGate): Database {
  return {
    connect(purpose) {
      const operations = operationsOf(purpose);
      return gate
        .pass(resource, operations.connect, () => database.connect(purpose))
        .then((connection) => interposeConnection(connection, { resource, operations }, gate));
    },
    close: () => database.close(),
  };
}

function interposeConnection(
  connection: Connection,
  { resource, operations }: { readonly resource: string; readonly operations: Operations },
  gate: EffectGate,
): Connection {
  return {
    query: (sql, parameters) =>
      gate.pass(resource, operationOf(operations, sql), () => connection.query(sql, parameters)),
    release: (damaged) => connection.release(damaged),
  };
}

/** Effects `kafka/produce`, `kafka/deliver` and `kafka/commit-offset`. */
function interposeBroker(
  broker: Broker,
  gate: EffectGate,
  onDelivery: (delivery: Delivery) => void,
): Broker {
  return {
    async connectProducer() {
      const producer = await broker.connectProducer();
      return {
        send: (records) => gate.pass("kafka", "produce", () => producer.send(records)),
        disconnect: () => producer.disconnect(),
      };
    },
    startConsumer: (subscription) =>
      broker.startConsumer({
        ...subscription,
        onMessage: async (delivery) => {
          onDelivery(delivery);
          await gate.pass("kafka", "deliver", async () => {});
          await subscription.onMessage({
            ...delivery,
            commit: () => gate.pass("kafka", "commit-offset", () => delivery.commit()),
          });
        },
      }),
  };
}

/** Effect `http/answer`: what a client is told. */
function interposeServer(server: Server, gate: EffectGate): Server {
  return {
    serve: (routes) =>
      server.serve(
        routes.map((route) => ({
          ...route,
          handle: async (request) => {
            const response = await route.handle(request);
            return gate.pass("http", "answer", async () => response);
          },
        })),
      ),
  };
}

/** The names of what is done on connections of one purpose. */
interface Operations {
  readonly purpose: string;
  readonly connect: string;
  /** By statement: services send the same few texts over and over. */
  readonly statements: Map<string, string>;
}

function operationsOf(purpose: string): Operations {
  const known = purposes.get(purpose);
  if (known !== undefined) {
    return known;
  }
  const operations = { purpose, connect: `${purpose}.connect`, statements: new Map() };
  purposes.set(purpose, operations);
  return operations;
}

const purposes = new Map<string, Operations>();

/** `<purpose>.<verb>`, where the verb is the first word of the statement, in lower case. */
function operationOf({ purpose, statements }: Operations, sql: string): string {
  const known = statements.get(sql);
  if (known !== undefined) {
    return known;
  }
  const verb = (/[A-Za-z]+/.exec(sql)?.[0] ?? "statement").toLowerCase();
  const operation = `${purpose}.${verb}`;
  statements.set(sql, operation);
  return operation;
}
