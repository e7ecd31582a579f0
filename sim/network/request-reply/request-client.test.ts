import { expect, test } from "vitest";
import { ConnectionLost } from "../connection-error.ts";
import { Protocol } from "../protocol.ts";
import { echoPort, inNetwork } from "../testing/network-test-world.ts";
import { push } from "./push.ts";
import { connectRequestClient } from "./request-client.ts";
import type { RequestReplyProtocol } from "./request-reply-protocol.ts";
import { serveOneByOne } from "./serve-one-by-one.ts";

test("several requests under way at once are answered each with its own reply", async () => {
  await inNetwork("pipeline", async ({ listenForEcho, connectToEcho }) => {
    listenForEcho();
    const connection = await connectToEcho();
    const replies = ["one", "two", "three"].map((text) => connection.request(text));
    expect(await Promise.all(replies)).toEqual(["echo of one", "echo of two", "echo of three"]);
  });
});

test("what a server pushes is told apart from replies, and comes in order with them", async () => {
  const protocol: RequestReplyProtocol<string, string, number> = new Protocol("news");
  const port = protocol.at("news");
  const { seen } = await inNetwork("push", async ({ network, main, seen: heard }) => {
    network.listen(port, (stream) => {
      push(stream, 0);
      return serveOneByOne(stream, {
        serve(request, reply) {
          push(stream, 1);
          reply(`echo of ${request}`);
          push(stream, 2);
        },
        afterEnd: "drop",
        onEnd() {},
      });
    });
    const onPush = (notice: number) => void heard.push(`push ${notice}`);
    const connection = await connectRequestClient(network, { from: main, port, onPush });
    await main.sleep(5);
    heard.push("asks");
    heard.push(await connection.request("anything"));
    await main.sleep(5);
  });
  expect(seen).toEqual(["push 0", "asks", "push 1", "echo of anything", "push 2"]);
});

test("a server that goes down loses pending requests, and says whether they had been sent", async () => {
  await inNetwork("down", async ({ main, seen, listenForEcho, connectToEcho }) => {
    const listener = listenForEcho();
    const connection = await connectToEcho();
    main.after(5, () => listener.close());
    const pending = await connection.request("keep waiting").catch((error: unknown) => error);
    expect(pending).toBeInstanceOf(ConnectionLost);
    expect(pending).toMatchObject({ sent: true, code: "ECONNRESET" });
    expect(connection.isOpen).toBe(false);
    const late = await connection.request("too late").catch((error: unknown) => error);
    expect(late).toMatchObject({ sent: false });
    expect(seen).toEqual(["keep waiting"]);
  });
});

test("a client that hangs up loses what it asked for", async () => {
  await inNetwork("hangs up", async ({ listenForEcho, connectToEcho }) => {
    listenForEcho();
    const connection = await connectToEcho();
    const pending = connection.request("anyone?");
    connection.close();
    await expect(pending).rejects.toMatchObject({ name: "ConnectionLost", sent: true });
  });
});

test("a client is told once when the server is gone, and not of its own hanging up", async () => {
  const { seen } = await inNetwork(
    "lost",
    async ({ network, main, seen: heard, listenForEcho }) => {
      const listener = listenForEcho();
      const connect = (name: string) =>
        connectRequestClient(network, {
          from: main,
          port: echoPort,
          onLost: () => void heard.push(`${name} is lost`),
        });
      await connect("one");
      const other = await connect("other");
      other.close();
      await main.sleep(10);
      listener.close();
      await main.sleep(10);
    },
  );
  expect(seen).toEqual(["main.1/echo#2 is gone", "one is lost"]);
});

test("a reply that was sent before the server hung up still arrives", async () => {
  await inNetwork("hang up", async ({ main, listenForEcho, connectToEcho }) => {
    listenForEcho();
    const connection = await connectToEcho();
    expect(await connection.request("hang up")).toBe("echo of hang up");
    await main.sleep(2);
    expect(connection.isOpen).toBe(false);
  });
});

test("a reply that answers nothing ends the run", async () => {
  const run = inNetwork("unasked", async ({ network, main }) => {
    network.listen(echoPort, (stream) => {
      stream.send("unasked", "reply");
      return { onMessage() {}, onEnd() {} };
    });
    await connectRequestClient(network, { from: main, port: echoPort });
    await main.sleep(10);
  });
  await expect(run).rejects.toThrow("main.1/echo#1: a reply to no request");
});
