import { expect, expectTypeOf, test } from "vitest";
import { ConnectionLost, ConnectionRefused } from "./connection-error.ts";
import { Protocol, type Port } from "./protocol.ts";
import { echoPort, inNetwork } from "./testing/network-test-world.ts";

test("a round trip takes two latencies of 200 to 800 microseconds", async () => {
  const durationsUs: number[] = [];
  await inNetwork("latency", async ({ kernel, listenForEcho, connectToEcho }) => {
    listenForEcho();
    const connection = await connectToEcho();
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
  const { seen } = await inNetwork("order", async ({ listenForEcho, connectToEcho }) => {
    listenForEcho();
    const left = await connectToEcho();
    const right = await connectToEcho();
    const replies: Promise<string>[] = [];
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

test("nobody listening is a refusal, and an address may be listened on again", async () => {
  await inNetwork("refused", async ({ listenForEcho, connectToEcho }) => {
    await expect(connectToEcho()).rejects.toBeInstanceOf(ConnectionRefused);
    listenForEcho().close();
    await expect(connectToEcho()).rejects.toBeInstanceOf(ConnectionRefused);
    listenForEcho();
    expect(() => listenForEcho()).toThrow("echo is already listened on");
    const connection = await connectToEcho();
    expect(await connection.request("back")).toBe("echo of back");
  });
});

test("a process's server goes down with it and comes back with its next incarnation", async () => {
  await inNetwork("owner", async ({ kernel, main, listenForEcho, connectToEcho }) => {
    const start = () =>
      kernel.startProcess("service", async (self) => {
        listenForEcho(self);
        await self.sleep(1_000);
      });
    const first = start();
    await main.sleep(1);
    const connection = await connectToEcho();
    first.crash();
    await expect(connection.request("anyone?")).rejects.toBeInstanceOf(ConnectionLost);
    await expect(connectToEcho()).rejects.toBeInstanceOf(ConnectionRefused);
    expect(() => listenForEcho(first)).toThrow("service is dead and cannot listen");
    start();
    await main.sleep(1);
    const again = await connectToEcho();
    expect(await again.request("hello")).toBe("echo of hello");
  });
});

test("a port of the same address in another protocol is not met, and ends the run", async () => {
  const run = inNetwork("protocols", async ({ network, main, listenForEcho }) => {
    listenForEcho();
    const port = new Protocol<number, number>("numbers").at(echoPort.address);
    await network.connect({ from: main, port }, () => ({ onMessage() {}, onEnd() {} }));
  });
  await expect(run).rejects.toThrow('not simulated: numbers spoken to echo at "echo"');
});

test("a port is no port of other messages, which the type checker holds", () => {
  type Asked = { readonly kind: "a" } | { readonly kind: "b" };
  expectTypeOf<Port<string, string>>().not.toExtend<Port<number, string>>();
  expectTypeOf<Port<Asked, string>>().not.toExtend<Port<{ readonly kind: "a" }, string>>();
  expectTypeOf<Port<string, { readonly kind: "a" }>>().not.toExtend<Port<string, Asked>>();
});

test("the same seed gives the same traffic, another seed another", async () => {
  async function hashOf(seed: string): Promise<string> {
    const { hash } = await inNetwork(seed, async ({ listenForEcho, connectToEcho }) => {
      listenForEcho();
      const connection = await connectToEcho();
      for (let index = 0; index < 10; index += 1) {
        await connection.request("again");
      }
    });
    return hash;
  }
  expect(await hashOf("one")).toBe(await hashOf("one"));
  expect(await hashOf("one")).not.toBe(await hashOf("two"));
});

test("a process that is paused hears its clients, and that they are gone, when it goes on", async () => {
  const { seen } = await inNetwork("paused", async (world) => {
    const { kernel, main, seen: heard, listenForEcho, connectToEcho } = world;
    const owner = kernel.startProcess("owner", (self) => self.promise("its end", () => {}));
    listenForEcho(owner);
    const connection = await connectToEcho();
    owner.pause();
    const reply = connection.request("hello");
    await main.sleep(50);
    heard.push("goes on");
    owner.resume();
    heard.push(await reply);
    owner.pause();
    connection.close();
    await main.sleep(50);
    heard.push("goes on");
    owner.resume();
  });
  expect(seen).toEqual(["goes on", "hello", "echo of hello", "goes on", "main.1/echo#1 is gone"]);
});
