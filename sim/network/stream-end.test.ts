import { expect, test } from "vitest";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import type { Network } from "./network.ts";
import { Protocol } from "./protocol.ts";
import type { Stream } from "./stream.ts";
import { inNetwork } from "./testing/network-test-world.ts";

const port = new Protocol<string, string>("talk").at("radio");

/** A server that notes what it hears and says at once what it is given. Returns its ends. */
function listen(
  network: Network,
  seen: string[],
  { says = [], owner }: { says?: readonly string[]; owner?: SimulatedProcess } = {},
): Stream<string>[] {
  const streams: Stream<string>[] = [];
  network.listen(
    port,
    (stream) => {
      streams.push(stream);
      for (const message of says) {
        stream.send(message, "push");
      }
      return noting("server", seen);
    },
    owner,
  );
  return streams;
}

async function connect(
  network: Network,
  seen: string[],
  from: SimulatedProcess,
): Promise<Stream<string>> {
  const { stream } = await network.connect({ from, port }, (end) => {
    return { stream: end, ...noting("client", seen) };
  });
  return stream;
}

function noting(who: string, seen: string[]) {
  return {
    onMessage: (message: string) => void seen.push(`${who} hears ${message}`),
    onEnd: () => void seen.push(`${who} hears the end`),
  };
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

test("both ends send without being asked, and each hears the other in the order of sending", async () => {
  const { seen } = await inNetwork("duplex", async ({ network, main, seen: heard }) => {
    const servers = listen(network, heard);
    const client = await connect(network, heard, main);
    for (const message of numbered(20)) {
      client.send(message, "request");
      servers[0]?.send(message, "push");
    }
    await main.sleep(100);
  });
  for (const side of ["client", "server"]) {
    expect(seen.filter((text) => text.startsWith(side))).toEqual(
      numbered(20).map((message) => `${side} hears ${message}`),
    );
  }
});

test("a server's greeting is heard by a client that has said nothing", async () => {
  const { seen } = await inNetwork("greeting", async ({ network, main, seen: heard }) => {
    listen(network, heard, { says: ["welcome", "one more thing"] });
    const client = await connect(network, heard, main);
    await main.sleep(10);
    expect(client.isOpen).toBe(true);
  });
  expect(seen).toEqual(["client hears welcome", "client hears one more thing"]);
});

test.each(["client", "server"])(
  "after the %s's end is closed, what it had sent arrives, then the end, once; nothing reaches it",
  async (closing) => {
    const { seen } = await inNetwork("close", async ({ kernel, network, main, seen: heard }) => {
      const servers = listen(network, heard);
      const client = await connect(network, heard, main);
      const ends = [client, ...servers];
      const [own, other] = closing === "client" ? ends : ends.toReversed();
      own?.send("the last", "push");
      own?.close();
      own?.close();
      own?.send("too late", "push");
      other?.send("not heard", "push");
      expect(ends.map(({ isOpen }) => isOpen)).toEqual(ends.map((end) => end !== own));
      await main.sleep(10);
      expect(ends.map(({ isOpen }) => isOpen)).toEqual([false, false]);
      const before = kernel.step;
      other?.send("nor this", "push");
      other?.close();
      await main.sleep(10);
      // The waking up, and nothing on the network.
      expect(kernel.step - before).toBe(1);
    });
    const other = closing === "client" ? "server" : "client";
    expect(seen).toEqual([`${other} hears the last`, `${other} hears the end`]);
  },
);

test("what a process had sent before its crash still arrives, and then the server learns of its end", async () => {
  const { seen } = await inNetwork("crash", async ({ kernel, network, main, seen: heard }) => {
    const servers = listen(network, heard);
    const client = kernel.startProcess("client", async (self) => {
      const stream = await connect(network, heard, self);
      stream.send("COMMIT", "request");
      self.crash();
      servers[0]?.send("news for the dead", "push");
    });
    await main.sleep(10);
    expect(client.isRunning).toBe(false);
    expect(servers.map(({ name, isOpen }) => ({ name, isOpen }))).toEqual([
      { name: "client.1/radio#1", isOpen: false },
    ]);
  });
  expect(seen).toEqual(["server hears COMMIT", "server hears the end"]);
});

test("a process that dies while it connects leaves no connection behind", async () => {
  const { seen } = await inNetwork("half", async ({ kernel, network, main, seen: heard }) => {
    const servers = listen(network, heard);
    const client = kernel.startProcess("client", async (self) => {
      await network.connect({ from: self, port }, () => {
        heard.push("the dead client speaks");
        return noting("client", heard);
      });
    });
    await main.sleep(0.1);
    client.crash();
    await main.sleep(10);
    expect(servers.map(({ isOpen }) => isOpen)).toEqual([false]);
  });
  expect(seen).toEqual(["server hears the end"]);
});

test("a server that dies in the middle of a word says no more", async () => {
  const { seen } = await inNetwork("silence", async ({ kernel, network, main, seen: heard }) => {
    const service = kernel.startProcess("service", async (self) => {
      const servers = listen(network, heard, { owner: self });
      await self.sleep(5);
      servers[0]?.send("first", "push");
      self.crash();
      servers[0]?.send("second", "push");
    });
    await main.sleep(1);
    await connect(network, heard, main);
    await main.sleep(10);
    expect(service.isRunning).toBe(false);
  });
  expect(seen).toEqual(["client hears first", "client hears the end"]);
});
