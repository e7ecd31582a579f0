import type { Kernel } from "../../kernel/kernel.ts";
import type { Listener, Network } from "../../network/network.ts";
import { serveOneByOne } from "../../network/request-reply/serve-one-by-one.ts";
import type { KafkaPort } from "../protocol/kafka-port.ts";
import type { BrokerHost } from "./broker-host.ts";
import { KafkaBroker, type BrokerOptions, type BrokerSession } from "./broker.ts";

/** Where a broker lives. */
export interface KafkaServerOptions {
  readonly kernel: Kernel;
  readonly network: Network;
  /** Where it listens; its address also signs the trace: `kafka-1`. */
  readonly port: KafkaPort;
  readonly groups?: BrokerOptions["groups"];
  readonly onAppend?: BrokerOptions["onAppend"];
}

/** A broker that listens on the network. */
export function startKafkaServer(options: KafkaServerOptions): KafkaServer {
  const server = new KafkaServer(options);
  server.start();
  return server;
}

/**
 * A broker and its place on the network. From one connection it takes one request at a time and in
 * order, as Kafka does: behind a long poll or a join everything of that connection waits.
 */
export class KafkaServer {
  readonly broker: KafkaBroker;
  readonly #network: Network;
  readonly #port: KafkaPort;
  readonly #sessions = new Set<BrokerSession>();
  #listener: Listener | undefined;

  constructor(options: KafkaServerOptions) {
    const { network, port, groups, onAppend } = options;
    this.broker = new KafkaBroker({
      host: createHost(options),
      address: { nodeId: 1, address: port.address },
      groups,
      onAppend,
    });
    this.#network = network;
    this.#port = port;
  }

  /** Begins to listen, again after a stop. */
  start(): void {
    this.#listener = this.#network.listen(this.#port, (stream) => {
      const session = this.broker.openSession(stream.client);
      this.#sessions.add(session);
      return serveOneByOne(stream, {
        serve: (request, reply) => session.request(request, reply),
        afterEnd: "drop",
        onEnd: () => {
          this.#sessions.delete(session);
          session.close();
        },
      });
    });
  }

  /** Goes off the network: connections break. Logs, groups and offsets stay as they are. */
  stop(): void {
    this.#listener?.close();
    for (const session of this.#sessions) {
      session.close();
    }
    this.#sessions.clear();
  }
}

function createHost({ kernel, port }: KafkaServerOptions): BrokerHost {
  const name = port.address;
  const chance = kernel.random.stream("kafka.broker", name);
  return {
    nowMs: () => Math.floor(kernel.nowUs / 1_000),
    setTimer: (delayMs, callback) =>
      kernel.schedule({ delayUs: delayMs * 1_000, actor: name, callback }),
    draw: (maximum) => chance.integer(0, maximum),
    trace: (kind, text, detail) => kernel.trace.record(kind, name, text, detail),
    fail: (error) => kernel.fail(error),
  };
}
