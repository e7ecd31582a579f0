import { createSimulatedBroker } from "../../sim/adapters/kafka-broker.ts";
import { startKafkaCluster } from "../../sim/kafka/cluster/kafka-cluster.ts";
import { kafkaProtocol } from "../../sim/kafka/protocol/kafka-port.ts";
import { createKernel, type Kernel } from "../../sim/kernel/kernel.ts";
import type { SimulatedProcess } from "../../sim/kernel/simulated-process.ts";
import { createNetwork, type Network } from "../../sim/network/network.ts";
import { Protocol } from "../../sim/network/protocol.ts";
import { connectRequestClient } from "../../sim/network/request-reply/request-client.ts";
import type { RequestReplyProtocol } from "../../sim/network/request-reply/request-reply-protocol.ts";
import { serveOneByOne } from "../../sim/network/request-reply/serve-one-by-one.ts";
import { lastOfEach } from "../../system/ports/broker.ts";
import { startCpuTime } from "./cpu-time.ts";

/** Round trips over the network, one after the other. Returns the milliseconds that they took. */
export async function measureRoundTrips(count: number): Promise<number> {
  const echo: RequestReplyProtocol<string, string> = new Protocol("echo");
  return timedIn(async ({ network, main }) => {
    const port = echo.at("echo-1");
    network.listen(port, (stream) =>
      serveOneByOne(stream, {
        serve: (request, reply) => reply(request),
        afterEnd: "drop",
        onEnd() {},
      }),
    );
    const client = await connectRequestClient(network, { from: main, port });
    return async () => {
      for (let trip = 0; trip < count; trip += 1) {
        await client.request("ping");
      }
    };
  });
}

/**
 * Messages that are produced, consumed and committed in sends of so many, a commit for what a fetch
 * brought. Returns the milliseconds that they took.
 */
export async function measureMessages(count: number, sendSize: number): Promise<number> {
  return timedIn(async ({ kernel, network, main }) => {
    const port = kafkaProtocol.at("kafka-1");
    startKafkaCluster({ kernel, network, ports: [port] }).createTopic("messages", 1);
    const broker = createSimulatedBroker({ network, process: main, servers: [port] });
    const producer = await broker.connectProducer();
    let left = 0;
    let onDone = (): void => {};
    await broker.startConsumer({
      group: "bench",
      topics: ["messages"],
      fromBeginning: true,
      sessionTimeoutMs: 6_000,
      batchMax: sendSize,
      async onBatch({ deliveries, commit }) {
        await commit(lastOfEach(deliveries));
        left -= deliveries.length;
        if (left === 0) {
          onDone();
        }
      },
      onRestart() {},
      onEnd() {},
    });
    // Until the group has formed, and the consumer asks for messages.
    await main.sleep(10_000);
    const records = Array.from({ length: sendSize }, (_, index) => {
      return {
        topic: "messages",
        key: `${index}`,
        value: "a message of some length, as events are",
      };
    });
    return async () => {
      for (let sent = 0; sent < count; sent += sendSize) {
        left = sendSize;
        const done = main.promise<void>("the last message", (resolve) => (onDone = resolve));
        await producer.send(records);
        await done;
      }
    };
  });
}

interface Place {
  readonly kernel: Kernel;
  readonly network: Network;
  readonly main: SimulatedProcess;
}

/** Times only what is returned by the preparation. */
async function timedIn(prepare: (place: Place) => Promise<() => Promise<void>>): Promise<number> {
  const kernel = createKernel({ seed: "bench" });
  const network = createNetwork({ kernel });
  return kernel.run(async (main) => {
    const work = await prepare({ kernel, network, main });
    const cpuMs = startCpuTime();
    await work();
    return cpuMs();
  });
}
