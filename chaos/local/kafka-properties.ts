/**
 * A listener for one client process: the broker listens on `port` and tells the client to come to
 * `advertised`.
 */
export interface ClientListener {
  readonly port: number;
  readonly advertised: string;
}

/** Ports of one node, all on 127.0.0.1. A node that has no role for one leaves it out. */
export interface NodePorts {
  readonly administration?: number;
  readonly controller?: number;
}

const HOST = "127.0.0.1";

/**
 * Who a node is and where it listens. A broker advertises one address per listener, so each client
 * process gets a listener whose advertised address is that client's proxy; brokers talk to each
 * other, and the testbed to them, on listeners that no proxy can cut.
 */
export function nodeProperties(parts: {
  readonly nodeId: number;
  readonly ports: NodePorts;
  readonly clients: readonly ClientListener[];
  /** The one controller of the cluster. */
  readonly controller: { readonly nodeId: number; readonly port: number };
}): Readonly<Record<string, string>> {
  const { ports, controller } = parts;
  const clients = parts.clients.map(({ port, advertised }, index) => {
    return { name: `CLIENT${index + 1}`, port, advertised };
  });
  const listening = [
    { name: "ADMINISTRATION", port: ports.administration, role: "broker" },
    { name: "CONTROLLER", port: ports.controller, role: "controller" },
  ].filter(({ port }) => port !== undefined);
  const own = listening.map(({ name, port }) => ({ name, address: `${HOST}:${port}` }));
  const isBroker = ports.administration !== undefined;
  const listened = [
    ...own,
    ...clients.map(({ name, port }) => ({ name, address: `${HOST}:${port}` })),
  ];
  const advertised = [
    ...own.filter(({ name }) => name === "ADMINISTRATION"),
    ...clients.map(({ name, advertised: address }) => ({ name, address })),
  ];
  const names = ["ADMINISTRATION", "CONTROLLER", ...clients.map(({ name }) => name)];
  return {
    "process.roles": listening.map(({ role }) => role).join(","),
    "node.id": String(parts.nodeId),
    "controller.quorum.voters": `${controller.nodeId}@${HOST}:${controller.port}`,
    "controller.listener.names": "CONTROLLER",
    listeners: addressesOf(listened),
    "listener.security.protocol.map": names.map((name) => `${name}:PLAINTEXT`).join(","),
    ...(isBroker && {
      "inter.broker.listener.name": "ADMINISTRATION",
      "advertised.listeners": addressesOf(advertised),
    }),
  };
}

function addressesOf(listeners: readonly { readonly name: string; readonly address: string }[]) {
  return listeners.map(({ name, address }) => `${name}://${address}`).join(",");
}

/** What every broker of a cluster of `brokerCount` is told: small, and nothing made by itself. */
export function clusterProperties(brokerCount: number): Readonly<Record<string, string>> {
  const copies = String(brokerCount);
  return {
    // One thread is made per listener and per this number: a run has few clients.
    "num.network.threads": "1",
    "num.io.threads": "4",
    "offsets.topic.replication.factor": copies,
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": copies,
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": copies,
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "4",
    "group.initial.rebalance.delay.ms": "0",
    "auto.create.topics.enable": "false",
  };
}
