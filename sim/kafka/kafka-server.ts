import type { Kernel } from "../kernel/kernel.ts";
import type { Network } from "../network/network.ts";
import type { SessionHandler } from "../network/session.ts";
import { Broker } from "./broker.ts";
import type { GroupSettings } from "./consumer-group.ts";
import { parseRequest } from "./protocol-codec.ts";

/**
 * A broker that listens on the network under its name (`kafka-1`). From one connection it takes one request
 * at a time and in order, as Kafka does: behind a long poll or a join everything of that connection waits.
 * Returns the broker, for making topics and for observing.
 */
export function startKafkaServer(options: {
  kernel: Kernel;
  network: Network;
  name: string;
  groups?: Partial<GroupSettings>;
}): Broker {
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
  network.listen(name, () => createSessionHandler(broker, kernel));
  return broker;
}

function createSessionHandler(broker: Broker, kernel: Kernel): SessionHandler {
  const session = broker.openSession();
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
      isBusy = true;
      session.close();
    },
  };
}
