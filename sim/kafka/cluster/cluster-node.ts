import type { Kernel } from "../../kernel/kernel.ts";
import type { Timer } from "../../kernel/simulated-process.ts";
import type { Listener, Network } from "../../network/network.ts";
import { serveOneByOne } from "../../network/request-reply/serve-one-by-one.ts";
import type { BrokerSession, KafkaBroker } from "../broker/kafka-broker.ts";
import type { Disk } from "../broker/replica-manager.ts";
import { beginLife, type BrokerHost, type BrokerLife } from "../ground/broker-host.ts";
import type { KafkaPort } from "../protocol/kafka-port.ts";

export interface ClusterNodeOptions {
  readonly kernel: Kernel;
  readonly network: Network;
  readonly nodeId: number;
  /** Where it listens; its address also signs the trace: `kafka-1`. */
  readonly port: KafkaPort;
}

/** A place for a broker: its address and its disk, and the broker that runs there, if one does. */
export class ClusterNode {
  readonly nodeId: number;
  readonly port: KafkaPort;
  readonly host: BrokerHost;
  disk: Disk = new Map();
  /** Runs while the controllers do not hear of it: then its session is over. */
  sessionTimer: Timer | undefined;
  /** Runs while it hands its partitions over: then it stops. */
  shutdownTimer: Timer | undefined;
  /** Its process is there again, and waits to be let in. */
  isStarting = false;
  /** Whether it has been stopped without having been told to. */
  wasKilled = false;
  readonly #network: Network;
  readonly #sessions = new Set<BrokerSession>();
  #listener: Listener | undefined;
  #life: BrokerLife | undefined;
  #broker: KafkaBroker | undefined;

  constructor(options: ClusterNodeOptions) {
    this.nodeId = options.nodeId;
    this.port = options.port;
    this.host = createHost(options);
    this.#network = options.network;
  }

  /** Undefined while it is stopped. */
  get broker(): KafkaBroker | undefined {
    return this.#broker;
  }

  /** Starts a broker there, and listens. */
  start(create: (host: BrokerHost) => KafkaBroker): KafkaBroker {
    this.#life = beginLife(this.host);
    const broker = create(this.#life.host);
    this.#broker = broker;
    this.#listen(broker);
    return broker;
  }

  /** Goes off the network: connections break. What is on its disk stays. */
  stop(): void {
    this.#listener?.close();
    for (const session of this.#sessions) {
      session.close();
    }
    this.#sessions.clear();
    this.#life?.end();
    this.#broker = undefined;
  }

  /**
   * From one connection it takes one request at a time and in order, as Kafka does: behind a long
   * poll or a join everything of that connection waits.
   */
  #listen(broker: KafkaBroker): void {
    this.#listener = this.#network.listen(this.port, (stream) => {
      const session = broker.openSession({
        clientId: stream.client,
        disconnect: () => stream.close(),
      });
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
}

function createHost({ kernel, port }: ClusterNodeOptions): BrokerHost {
  const name = port.address;
  const chance = kernel.random.stream("kafka.broker", name);
  return {
    nowMs: () => Math.floor(kernel.nowUs / 1_000),
    setTimer: (delayMs, callback) =>
      // A broker is a plain state machine: what it does later settles no promise either.
      kernel.schedule({ delayUs: delayMs * 1_000, actor: name, settlesNothing: true, callback }),
    draw: (maximum) => chance.integer(0, maximum),
    trace: (kind, text, detail) => kernel.trace.record(kind, name, text, detail),
    fail: (error) => kernel.fail(error),
  };
}
