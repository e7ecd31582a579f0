import type { Kernel } from "../kernel/kernel.ts";
import type { Listener, Network } from "../network/network.ts";
import type { SessionHandler } from "../network/session.ts";
import { Broker, type BrokerSession } from "./broker.ts";
import type { GroupSettings } from "./consumer-group.ts";
import { parseRequest } from "./protocol-codec.ts";

/** A broker on the network. */
export interface KafkaServer {
  /** For making topics and for observing, past the network. */
  readonly broker: Broker;
  /** Takes it off the network: connections break. Its logs, groups and offsets stay as they are. */
  stop(): void;
  /** Puts it back on. */
  start(): void;
}

/**
 * A broker that listens under its name (`kafka-1`). From one connection it takes one request at a time and in
 * order, as Kafka does: behind a long poll or a join everything of that connection waits.
 */
export function startKafkaServer(options: {
  kernel: Kernel;
  network: Network;
  name: string;
  groups?: Partial<GroupSettings>;
}): KafkaServer {
  const { kernel, network, name, groups = {} } = options;
  const chance = kernel.random.stream("kafka.broker", name);
  const broker = new Broker({
    groups,
    host: {
      nowMs: () => Math.floor(kernel.nowUs / 1_000),
      setTimer: (delayMs, callback) =>
        kernel.schedule({ delayUs: delayMs * 1_000, actor: name, callback }),
      draw: (maximum) => chance.integer(0, maximum),
      trace: (kind, text, detail) => kernel.trace.record(kind, name, text, detail),
      fail: (error) => kernel.fail(error),
    },
  });
  const sessions = new Set<BrokerSession>();
  let listener: Listener | undefined;

  function start(): void {
    listener = network.listen(name, () => {
      const session = broker.openSession();
      sessions.add(session);
      return takeOneByOne(kernel, session, () => {
        sessions.delete(session);
        session.close();
      });
    });
  }

  start();
  return {
    broker,
    start,
    stop() {
      listener?.close();
      for (const session of sessions) session.close();
      sessions.clear();
    },
  };
}

function takeOneByOne(kernel: Kernel, session: BrokerSession, close: () => void): SessionHandler {
  const queue: { readonly payload: unknown; readonly reply: (payload: unknown) => void }[] = [];
  let isBusy = false;

  function takeNext(): void {
    if (isBusy) return;
    const next = queue.shift();
    if (next === undefined) return;
    isBusy = true;
    try {
      session.request(parseRequest(next.payload), (answer) => {
        isBusy = false;
        next.reply(answer);
        takeNext();
      });
    } catch (error) {
      // Not the client's to catch: a request that is not simulated must not look like a broken connection.
      kernel.fail(error);
    }
  }

  return {
    onRequest(payload, reply) {
      queue.push({ payload, reply });
      takeNext();
    },
    onDisconnect() {
      queue.length = 0;
      close();
    },
  };
}
