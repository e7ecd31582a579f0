import type { Kernel } from "../../kernel/kernel.ts";
import type { Listener, Network } from "../../network/network.ts";
import type { SessionHandler } from "../../network/session.ts";
import { parseRequest } from "../protocol/protocol-codec.ts";
import type { BrokerHost } from "./broker-host.ts";
import { KafkaBroker, type BrokerOptions, type BrokerSession } from "./broker.ts";

/** Where a broker lives. */
export interface KafkaServerOptions {
  readonly kernel: Kernel;
  readonly network: Network;
  /** Under which it listens, and signs the trace: `kafka-1`. */
  readonly name: string;
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
  readonly #kernel: Kernel;
  readonly #network: Network;
  readonly #name: string;
  readonly #sessions = new Set<BrokerSession>();
  #listener: Listener | undefined;

  constructor(options: KafkaServerOptions) {
    const { groups, onAppend } = options;
    this.broker = new KafkaBroker({ host: createHost(options), groups, onAppend });
    this.#kernel = options.kernel;
    this.#network = options.network;
    this.#name = options.name;
  }

  /** Begins to listen, again after a stop. */
  start(): void {
    this.#listener = this.#network.listen(this.#name, (connection) => {
      const session = this.broker.openSession(connection.client);
      this.#sessions.add(session);
      return takeOneByOne(this.#kernel, session, () => {
        this.#sessions.delete(session);
        session.close();
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

function createHost({ kernel, name }: KafkaServerOptions): BrokerHost {
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

function takeOneByOne(kernel: Kernel, session: BrokerSession, close: () => void): SessionHandler {
  const queue: { readonly payload: unknown; readonly reply: (payload: unknown) => void }[] = [];
  let isBusy = false;

  function take(payload: unknown, reply: (payload: unknown) => void): void {
    isBusy = true;
    try {
      session.request(parseRequest(payload), (answer) => {
        isBusy = false;
        reply(answer);
        if (queue.length > 0) {
          takeNext();
        }
      });
    } catch (error) {
      // Not the client's to catch: a request that is not simulated must not look like a broken
      // connection.
      kernel.fail(error);
    }
  }

  function takeNext(): void {
    const next = queue.shift();
    if (next !== undefined) {
      take(next.payload, next.reply);
    }
  }

  return {
    onRequest(payload, reply) {
      if (isBusy) {
        queue.push({ payload, reply });
      } else {
        take(payload, reply);
      }
    },
    onDisconnect() {
      queue.length = 0;
      close();
    },
  };
}
