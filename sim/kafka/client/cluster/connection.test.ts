import { expect, test } from "vitest";
import { createKernel } from "../../../kernel/kernel.ts";
import type { SimulatedProcess } from "../../../kernel/simulated-process.ts";
import { createNetwork, type FaultyNetwork } from "../../../network/network.ts";
import { serveOneByOne } from "../../../network/request-reply/serve-one-by-one.ts";
import { kafkaProtocol } from "../../protocol/kafka-port.ts";
import type { KafkaReply, KafkaRequest } from "../../protocol/protocol.ts";
import { Connection } from "./connection.ts";

const port = kafkaProtocol.at("kafka-1");
const LIMITS = { connectMs: 1_000, requestMs: 2_000, inFlightMax: 1 };
const asking = (group: string): KafkaRequest => ({ kind: "find-coordinator", group });

interface ConnectionWorld {
  readonly connection: Connection;
  readonly network: FaultyNetwork;
  readonly main: SimulatedProcess;
  /** Requests that were served, and how the last one is answered. */
  readonly served: string[];
  answer(): void;
}

function inConnectionWorld<T>(check: (world: ConnectionWorld) => Promise<T>): Promise<T> {
  const kernel = createKernel({ seed: "connection" });
  const network = createNetwork({ kernel });
  const served: string[] = [];
  const answers: ((reply: KafkaReply) => void)[] = [];
  network.listen(port, (stream) =>
    serveOneByOne(stream, {
      serve(request, reply) {
        served.push(request.kind === "find-coordinator" ? request.group : request.kind);
        answers.push(reply);
      },
      afterEnd: "drop",
      onEnd() {},
    }),
  );
  const coordinator = { nodeId: 1, address: "kafka-1" };
  return kernel.run(async (main) => {
    const stream = main.stream("connection");
    const connection = new Connection({ network, process: main, stream }, port, LIMITS);
    await connection.connect();
    return check({
      connection,
      network,
      main,
      served,
      answer: () => answers.shift()?.({ kind: "find-coordinator", error: "NONE", coordinator }),
    });
  });
}

test("a late request is given up, its reply is ignored, and the next one gets its own", async () => {
  await inConnectionWorld(async ({ connection, main, served, answer }) => {
    const late = connection.ask(asking("late"), 0).catch((error: unknown) => error);
    const next = connection.ask(asking("next"), 60_000);
    expect(await late).toMatchObject({ name: "RequestTimedOut" });
    expect(main.nowMs()).toBeGreaterThan(2_000);
    expect(main.nowMs()).toBeLessThan(2_200);
    await main.sleep(5);
    // From one connection Kafka takes one request at a time.
    expect(served).toEqual(["late"]);
    answer();
    await main.sleep(5);
    expect(served).toEqual(["late", "next"]);
    answer();
    expect(await next).toMatchObject({ kind: "find-coordinator" });
  });
});

test("what is under way when the broker hangs up may have been done, and what is asked later has not", async () => {
  await inConnectionWorld(async ({ connection, network, main }) => {
    const under = connection.ask(asking("under way"), 0).catch((error: unknown) => error);
    const queued = connection.ask(asking("queued"), 0).catch((error: unknown) => error);
    await main.sleep(5);
    network.faults.reset({ server: "kafka-1" });
    for (const error of [await under, await queued]) {
      expect(error).toHaveProperty("name", expect.stringMatching(/^Connection(Closed|Failed)$/));
    }
    await main.sleep(5);
    expect(connection.isConnected).toBe(false);
    await expect(connection.ask(asking("later"), 0)).rejects.toThrow("not connected");
  });
});

test("to hang up waits for what was asked", async () => {
  await inConnectionWorld(async ({ connection, main, answer }) => {
    const seen: string[] = [];
    void connection.ask(asking("first"), 0).then(() => seen.push("answered"));
    const over = connection.disconnect().then(() => seen.push("hung up"));
    await main.sleep(500);
    expect(seen).toEqual([]);
    answer();
    await over;
    expect(seen).toEqual(["answered", "hung up"]);
  });
});

test("a network that is cut fails the connection in its time", async () => {
  await inConnectionWorld(async ({ network, main }) => {
    network.faults.cut({ server: "kafka-1" });
    const stream = main.stream("other");
    const other = new Connection({ network, process: main, stream }, port, LIMITS);
    await expect(other.connect()).rejects.toMatchObject({
      name: "ConnectionFailed",
      code: undefined,
    });
    expect(main.nowMs()).toBeLessThan(1_100);
  });
});
