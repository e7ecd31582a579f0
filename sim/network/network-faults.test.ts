import { describe, expect, test } from "vitest";
import { ConnectionLost, ConnectionRefused, ConnectionTimedOut } from "./connection-error.ts";
import { LONG_TAILED_LATENCY } from "./latency.ts";
import type { Direction } from "./network-faults.ts";
import { inNetwork, type NetworkTestWorld } from "./testing/network-test-world.ts";

const ECHO = { server: "echo" };

/** A connection that has worked, and how a request goes from then on: its answer and its time. */
async function connected(world: NetworkTestWorld) {
  const { main, listenForEcho, connectToEcho } = world;
  const listener = listenForEcho();
  const connection = await connectToEcho();
  await connection.request("before");
  const ask = async (text: string): Promise<string> => {
    const answer = await connection.request(text).catch((error: unknown) => {
      return error instanceof Error ? error.name : "no error";
    });
    return `${answer} at ${main.nowMs()}`;
  };
  return { listener, connection, ask };
}

describe("a cut", () => {
  test.each<{ direction: Direction; reaches: boolean }>([
    { direction: "both", reaches: false },
    { direction: "to-server", reaches: false },
    { direction: "to-client", reaches: true },
  ])("$direction: requests reach the server: $reaches", async ({ direction, reaches }) => {
    await inNetwork("one way", async (world) => {
      const { ask } = await connected(world);
      const heal = world.network.faults.cut(ECHO, direction);
      const answer = ask("hello");
      await world.main.sleep(5_000);
      expect(world.seen.includes("hello")).toBe(reaches);
      heal();
      expect(await answer).toMatch(/^echo of hello at 6\d\d\d$/);
      expect(world.seen).toEqual(["before", "hello"]);
    });
  });

  test("what was sent meanwhile arrives after it, once, in the order of sending, and what follows behind it", async () => {
    const { seen } = await inNetwork("order", async (world) => {
      const { connection } = await connected(world);
      const heal = world.network.faults.cut(ECHO);
      const replies = ["1", "2", "3"].map((text) => connection.request(text));
      await world.main.sleep(700);
      heal();
      replies.push(connection.request("4"));
      await world.main.sleep(1);
      replies.push(connection.request("5"));
      await Promise.all(replies);
    });
    expect(seen).toEqual(["before", "1", "2", "3", "4", "5"]);
  });

  test("TCP sends again at 0.2, 0.6, 1.4, 3, 6.2 s: what was lost for longer comes later after the end", async () => {
    const delays: number[] = [];
    await inNetwork("backoff", async (world) => {
      const { ask } = await connected(world);
      for (const cutMs of [100, 500, 1_000, 4_000]) {
        const heal = world.network.faults.cut(ECHO);
        const answer = ask("again");
        await world.main.sleep(cutMs);
        heal();
        const healedAtMs = world.main.nowMs();
        await answer;
        delays.push(world.main.nowMs() - healedAtMs);
      }
    });
    const expected = [100, 100, 400, 2_200];
    delays.forEach((delayMs, index) => {
      expect(Math.abs(delayMs - (expected[index] ?? 0))).toBeLessThanOrEqual(4);
    });
  });

  test("the server learns of a client's death only after it", async () => {
    await inNetwork("half open", async (world) => {
      const { kernel, main, network, seen, listenForEcho, connectToEcho } = world;
      listenForEcho();
      const client = kernel.startProcess("client", async (self) => {
        await connectToEcho(self);
        await self.promise("its end", () => {});
      });
      await main.sleep(5);
      const heal = network.faults.cut({ client: "client" });
      client.crash();
      await main.sleep(60_000);
      expect(seen).toEqual([]);
      heal();
      await main.sleep(60_000);
      expect(seen).toEqual(["client.1/echo#1 is gone"]);
    });
  });

  test("a connection that is asked for meanwhile comes about after it, or is given up in its time", async () => {
    await inNetwork("connect", async ({ main, network, listenForEcho, connectToEcho }) => {
      listenForEcho();
      const heal = network.faults.cut(ECHO);
      const beganAtMs = main.nowMs();
      await expect(connectToEcho(main, 5_000)).rejects.toBeInstanceOf(ConnectionTimedOut);
      expect(main.nowMs() - beganAtMs).toBe(5_000);
      const patient = connectToEcho();
      await main.sleep(2_000);
      heal();
      // Asked for again after 1 and after 3 seconds.
      const connection = await patient;
      expect(main.nowMs() - beganAtMs).toBeGreaterThanOrEqual(8_000);
      expect(await connection.request("hello")).toBe("echo of hello");
    });
  });

  test("the operating system gives up a connection that nobody answers after 127 s", async () => {
    await inNetwork("given up", async ({ main, network, connectToEcho }) => {
      network.faults.cut(ECHO);
      await expect(connectToEcho(main, 1_000_000)).rejects.toMatchObject({
        code: "ETIMEDOUT",
        sent: false,
      });
      expect(main.nowMs()).toBe(127_000);
    });
  });

  test("it concerns nobody else", async () => {
    await inNetwork("others", async (world) => {
      const { ask } = await connected(world);
      world.network.faults.cut({ client: "somebody" });
      world.network.faults.cut({ client: "main", server: "elsewhere" });
      expect(await ask("hello")).toMatch(/^echo of hello at \d$/);
    });
  });

  test("two that overlap end with the later", async () => {
    await inNetwork("overlap", async (world) => {
      const { ask } = await connected(world);
      const first = world.network.faults.cut(ECHO);
      const second = world.network.faults.cut({ client: "main" });
      const answer = ask("hello");
      await world.main.sleep(1_000);
      first();
      first();
      await world.main.sleep(4_000);
      expect(world.seen).toEqual(["before"]);
      second();
      expect(await answer).toContain("echo of hello");
    });
  });
});

describe("messages that are held", () => {
  test("are released in their order, without waiting for TCP", async () => {
    const { seen } = await inNetwork("hold", async (world) => {
      const { ask, connection } = await connected(world);
      const release = world.network.faults.hold(ECHO, "to-server");
      const replies = ["1", "2"].map((text) => connection.request(text));
      await world.main.sleep(10_000);
      expect(world.seen).toEqual(["before"]);
      release();
      await Promise.all(replies);
      expect(world.main.nowMs()).toBeLessThan(10_010);
      expect(await ask("3")).toContain("echo of 3");
    });
    expect(seen).toEqual(["before", "1", "2", "3"]);
  });
});

describe("a reset", () => {
  test("breaks what stands, loses what is under way, and lets new connections come about", async () => {
    await inNetwork("reset", async (world) => {
      const { ask, connection } = await connected(world);
      const answer = ask("hello");
      world.network.faults.reset(ECHO);
      expect(await answer).toContain("ConnectionLost");
      expect(connection.isOpen).toBe(false);
      await world.main.sleep(1);
      expect(world.seen).toEqual(["before", "main.1/echo#1 is gone"]);
      const again = await world.connectToEcho();
      expect(await again.request("again")).toBe("echo of again");
    });
  });

  test("a connection that does not stand yet is lost, and nothing was sent", async () => {
    await inNetwork("reset early", async ({ network, listenForEcho, connectToEcho }) => {
      listenForEcho();
      const connecting = connectToEcho();
      network.faults.reset({});
      const error = await connecting.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ConnectionLost);
      expect(error).toMatchObject({ sent: false });
    });
  });
});

test("while new connections are refused, those that stand go on", async () => {
  await inNetwork("refuse", async (world) => {
    const { ask } = await connected(world);
    const end = world.network.faults.refuse(ECHO);
    await expect(world.connectToEcho()).rejects.toBeInstanceOf(ConnectionRefused);
    expect(await ask("hello")).toContain("echo of hello");
    end();
    const connection = await world.connectToEcho();
    expect(await connection.request("again")).toBe("echo of again");
  });
});

test("a slow route takes as long as is said, and is as quick as before afterwards", async () => {
  await inNetwork("slow", async (world) => {
    const { ask, connection } = await connected(world);
    const end = world.network.faults.slow(ECHO, [{ weight: 1, minUs: 50_000, maxUs: 50_000 }]);
    const beganAtUs = world.kernel.nowUs;
    await connection.request("hello");
    expect(world.kernel.nowUs - beganAtUs).toBe(100_000);
    end();
    expect(await ask("again")).toContain("echo of again");
    expect(world.kernel.nowUs - beganAtUs).toBeLessThan(102_000);
  });
});

test("a reply that is lost: the request took effect, and its connection breaks; others are answered", async () => {
  await inNetwork("lost reply", async (world) => {
    const { ask, connection } = await connected(world);
    const other = await world.connectToEcho();
    const first = ask("1");
    world.network.faults.loseReply(ECHO);
    expect(await first).toContain("echo of 1");
    const error = await connection.request("2").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectionLost);
    expect(error).toMatchObject({ sent: true });
    expect(await other.request("3")).toBe("echo of 3");
    expect(world.seen).toEqual(["before", "1", "2", "main.1/echo#1 is gone", "3"]);
  });
});

test("latencies of a long tail are drawn by their weights, in whole microseconds", async () => {
  const timesUs: number[] = [];
  await inNetwork("tail", async (world) => {
    const { connection } = await connected(world);
    world.network.faults.slow({}, LONG_TAILED_LATENCY);
    for (let trip = 0; trip < 1_000; trip += 1) {
      const beganAtUs = world.kernel.nowUs;
      await connection.request("hello");
      timesUs.push(world.kernel.nowUs - beganAtUs);
    }
  });
  expect(timesUs.every((timeUs) => Number.isInteger(timeUs))).toBe(true);
  // Two messages each: 81 of 100 in the first band both, 2 of 100 in the last at least once.
  const quick = timesUs.filter((timeUs) => timeUs <= 1_600).length;
  const slow = timesUs.filter((timeUs) => timeUs > 16_000).length;
  expect(quick).toBeGreaterThan(750);
  expect(quick).toBeLessThan(870);
  expect(slow).toBeGreaterThan(5);
  expect(slow).toBeLessThan(45);
});

test("a latency that is not whole is refused", async () => {
  await inNetwork("refused", async ({ network }) => {
    const slow = (minUs: number, maxUs: number, weight = 1) =>
      network.faults.slow({}, [{ weight, minUs, maxUs }]);
    expect(() => slow(0.5, 1)).toThrow(/a latency band has whole numbers/);
    expect(() => slow(2, 1)).toThrow(/bounds in order/);
    expect(() => slow(1, 2, 0)).toThrow(/a weight from 1 on/);
  });
});

test("faults go into the trace, and the same faults at the same times give the same hash", async () => {
  const run = async (cutMs: number): Promise<string> => {
    const { hash } = await inNetwork("hash", async (world) => {
      const { ask } = await connected(world);
      const heal = world.network.faults.cut(ECHO);
      const answer = ask("hello");
      await world.main.sleep(cutMs);
      heal();
      await answer;
    });
    return hash;
  };
  expect(await run(100)).toBe(await run(100));
  expect(await run(100)).not.toBe(await run(101));
});
