import { expect, test } from "vitest";
import { createKernel, type Kernel } from "../kernel/kernel.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import { ConnectionLost, ConnectionRefused } from "./connection-error.ts";
import { createNetwork, type Listener, type Network } from "./network.ts";

/** A server that notes what arrives and answers at once, except what it is told to keep waiting. */
function listenForEcho(network: Network, seen: string[], owner?: SimulatedProcess): Listener {
  return network.listen(
    "echo",
    (session) => ({
      onRequest(payload, reply) {
        seen.push(String(payload));
        if (payload !== "keep waiting") {
          reply(`echo of ${String(payload)}`);
        }
        if (payload === "hang up") {
          session.close();
        }
      },
      onDisconnect: () => seen.push(`${session.name} is gone`),
    }),
    owner,
  );
}

async function runWith(
  seed: string,
  scenario: (parts: {
    kernel: Kernel;
    network: Network;
    main: SimulatedProcess;
    seen: string[];
  }) => Promise<void>,
): Promise<readonly string[]> {
  const kernel = createKernel({ seed });
  const network = createNetwork({ kernel });
  const seen: string[] = [];
  await kernel.run((main) => scenario({ kernel, network, main, seen }));
  return seen;
}

test("a round trip takes two latencies of 200 to 800 microseconds", async () => {
  const durationsUs: number[] = [];
  await runWith("latency", async ({ kernel, network, main, seen }) => {
    listenForEcho(network, seen);
    const connection = await network.connect({ from: main, to: "echo" });
    for (let index = 0; index < 200; index += 1) {
      const beforeUs = kernel.nowUs;
      expect(await connection.request(`${index}`)).toBe(`echo of ${index}`);
      durationsUs.push(kernel.nowUs - beforeUs);
    }
  });
  expect(Math.min(...durationsUs)).toBeGreaterThanOrEqual(400);
  expect(Math.max(...durationsUs)).toBeLessThanOrEqual(1_600);
  expect(new Set(durationsUs).size).toBeGreaterThan(100);
});

test("requests of one connection arrive in the order of sending; two connections overtake each other", async () => {
  const seen = await runWith("order", async ({ network, main, seen: arrivals }) => {
    listenForEcho(network, arrivals);
    const left = await network.connect({ from: main, to: "echo" });
    const right = await network.connect({ from: main, to: "echo" });
    const replies: Promise<unknown>[] = [];
    for (let index = 0; index < 20; index += 1) {
      replies.push(left.request(`left ${index}`), right.request(`right ${index}`));
    }
    await Promise.all(replies);
  });
  for (const side of ["left", "right"]) {
    expect(seen.filter((text) => text.startsWith(side))).toEqual(
      Array.from({ length: 20 }, (_, index) => `${side} ${index}`),
    );
  }
  const inTurns = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? "left" : "right"));
  expect(seen.map((text) => text.split(" ")[0])).not.toEqual(inTurns);
});

test("what a process had sent before its crash still arrives, and then the server learns of its end", async () => {
  const seen = await runWith("crash", async ({ kernel, network, main, seen: arrivals }) => {
    listenForEcho(network, arrivals);
    const client = kernel.startProcess("client", async (self) => {
      const connection = await network.connect({ from: self, to: "echo" });
      const reply = connection.request("COMMIT");
      self.crash();
      await reply;
      arrivals.push("the dead client got a reply");
    });
    await main.sleep(10);
    expect(client.isRunning).toBe(false);
  });
  expect(seen).toEqual(["COMMIT", "client.1/echo#1 is gone"]);
});

test("nobody listening is a refusal, and a name may be listened on again", async () => {
  await runWith("refused", async ({ network, main, seen }) => {
    await expect(network.connect({ from: main, to: "echo" })).rejects.toBeInstanceOf(
      ConnectionRefused,
    );
    listenForEcho(network, seen).close();
    await expect(network.connect({ from: main, to: "echo" })).rejects.toBeInstanceOf(
      ConnectionRefused,
    );
    listenForEcho(network, seen);
    expect(() => listenForEcho(network, seen)).toThrow("echo is already listened on");
    const connection = await network.connect({ from: main, to: "echo" });
    expect(await connection.request("back")).toBe("echo of back");
  });
});

test("a server that goes down loses pending requests, and says whether they had been sent", async () => {
  await runWith("down", async ({ network, main, seen }) => {
    const listener = listenForEcho(network, seen);
    const connection = await network.connect({ from: main, to: "echo" });
    let losses = 0;
    connection.onLost(() => (losses += 1));
    main.after(5, () => listener.close());
    const pending = await connection.request("keep waiting").catch((error: unknown) => error);
    expect(pending).toBeInstanceOf(ConnectionLost);
    expect(pending).toMatchObject({ sent: true, code: "ECONNRESET" });
    expect(connection.isOpen).toBe(false);
    const late = await connection.request("too late").catch((error: unknown) => error);
    expect(late).toMatchObject({ sent: false });
    expect(losses).toBe(1);
    expect(seen).toEqual(["keep waiting"]);
  });
});

test("a process's server goes down with it and comes back with its next incarnation", async () => {
  await runWith("owner", async ({ kernel, network, main, seen }) => {
    const start = () =>
      kernel.startProcess("service", async (self) => {
        listenForEcho(network, seen, self);
        await self.sleep(1_000);
      });
    const first = start();
    await main.sleep(1);
    const connection = await network.connect({ from: main, to: "echo" });
    first.crash();
    await expect(connection.request("anyone?")).rejects.toBeInstanceOf(ConnectionLost);
    await expect(network.connect({ from: main, to: "echo" })).rejects.toBeInstanceOf(
      ConnectionRefused,
    );
    start();
    await main.sleep(1);
    const again = await network.connect({ from: main, to: "echo" });
    expect(await again.request("hello")).toBe("echo of hello");
  });
});

test("a reply that was sent before the server hung up still arrives", async () => {
  await runWith("hang up", async ({ network, main, seen }) => {
    listenForEcho(network, seen);
    const connection = await network.connect({ from: main, to: "echo" });
    expect(await connection.request("hang up")).toBe("echo of hang up");
    await main.sleep(2);
    expect(connection.isOpen).toBe(false);
  });
});

test("the same seed gives the same traffic, another seed another", async () => {
  async function hashOf(seed: string): Promise<string> {
    const kernel = createKernel({ seed });
    const network = createNetwork({ kernel });
    await kernel.run(async (main) => {
      listenForEcho(network, []);
      const connection = await network.connect({ from: main, to: "echo" });
      for (let index = 0; index < 10; index += 1) {
        await connection.request("again");
      }
    });
    return kernel.trace.finish().hash;
  }
  expect(await hashOf("one")).toBe(await hashOf("one"));
  expect(await hashOf("one")).not.toBe(await hashOf("two"));
});
