import { beforeAll, expect, test } from "vitest";
import { createKernel } from "../../kernel/kernel.ts";
import type { SimulatedProcess } from "../../kernel/simulated-process.ts";
import { createNetwork } from "../../network/network.ts";
import {
  connectRequestClient,
  type RequestClient,
} from "../../network/request-reply/request-client.ts";
import { loadPostgresParser } from "../syntax/postgres-parser.ts";
import { postgresProtocol, type PostgresRequest } from "./postgres-protocol.ts";
import { type PostgresServer, startPostgresServer } from "./postgres-server.ts";
import type { QueryReply } from "./query-result.ts";
import type { SessionMessage } from "./session.ts";

beforeAll(loadPostgresParser);

const port = postgresProtocol.at("db");

type Client = RequestClient<PostgresRequest, QueryReply, SessionMessage>;

interface Stage {
  readonly server: PostgresServer;
  readonly main: SimulatedProcess;
  /** What clients were told without asking, by name. */
  readonly heard: string[];
  connect(name: string): Promise<Client>;
}

async function onStage(scenario: (stage: Stage) => Promise<void>): Promise<void> {
  const kernel = createKernel({ seed: "server" });
  const network = createNetwork({ kernel });
  const server = startPostgresServer({ kernel, network, port, onCommit() {} });
  server.read("CREATE TABLE t (id bigint PRIMARY KEY)");
  const heard: string[] = [];
  await kernel.run((main) =>
    scenario({
      server,
      main,
      heard,
      connect: (name) =>
        connectRequestClient(network, {
          from: main,
          port,
          onPush: (message: SessionMessage) => void heard.push(`${name} ${describe(message)}`),
          onLost: () => void heard.push(`${name} is lost`),
        }),
    }),
  );
}

function describe(message: SessionMessage): string {
  switch (message.kind) {
    case "notice":
      return message.notice.code;
    case "notification":
      return `${message.notification.channel} ${message.notification.payload}`;
    case "fatal":
      return message.error.code;
  }
}

async function answer(client: Client, sql: string): Promise<string> {
  try {
    const reply = await client.request({ sql, parameters: [] });
    return reply.kind === "error" ? reply.error.code : reply.tag;
  } catch {
    return "lost";
  }
}

test("notices and notifications reach the client before the answer", async () => {
  await onStage(async ({ connect, heard, main }) => {
    const [one, other] = [await connect("one"), await connect("other")];
    await answer(one, "LISTEN news");
    await answer(one, "COMMIT");
    expect(heard).toEqual(["one 25P01"]);
    await answer(other, "NOTIFY news, 'x'");
    await main.sleep(5);
    expect(heard).toEqual(["one 25P01", "one news x"]);
  });
});

test("a client that the server ends is told why, and loses its connection", async () => {
  await onStage(async ({ server, connect, heard, main }) => {
    const client = await connect("one");
    await answer(client, "BEGIN");
    await answer(client, "INSERT INTO t VALUES (1)");
    server.terminateAll();
    await main.sleep(5);
    expect(heard).toEqual(["one 57P01", "one is lost"]);
    expect(server.read("SELECT id FROM t").rows).toEqual([]);
  });
});

test("one client too many is refused with 53300", async () => {
  await onStage(async ({ server, connect, heard, main }) => {
    server.maxConnections = 1;
    await connect("one");
    await connect("other");
    await main.sleep(5);
    expect(heard).toEqual(["other 53300", "other is lost"]);
  });
});

test("where there are too many clients, three connections are kept for operators", async () => {
  await onStage(async ({ server, connect, heard, main }) => {
    const client = await connect("one");
    await connect("another");
    server.maxConnections = 1;
    const locks = [1, 2, 3].map(() => server.beginTransaction(["LOCK TABLE t IN SHARE MODE"]));
    expect(locks.every((letGo) => letGo !== undefined)).toBe(true);
    expect(server.beginTransaction([])).toBeUndefined();
    expect(server.change("somebody", [], () => {})).toBe(false);
    await connect("other");
    await main.sleep(5);
    expect(heard).toEqual(["other 53300", "other is lost"]);
    await answer(client, "SET lock_timeout = 10");
    expect(await answer(client, "INSERT INTO t VALUES (1)")).toBe("55P03");
    locks.forEach((letGo) => letGo?.());
    expect(await answer(client, "INSERT INTO t VALUES (1)")).toBe("INSERT 0 1");
  });
});

test("a full disk refuses new rows, and lets rows go", async () => {
  await onStage(async ({ server, connect }) => {
    const client = await connect("one");
    await answer(client, "INSERT INTO t VALUES (1)");
    server.disk.isFull = true;
    expect(await answer(client, "INSERT INTO t VALUES (2)")).toBe("53100");
    expect(await answer(client, "UPDATE t SET id = 3")).toBe("53100");
    expect(await answer(client, "DELETE FROM t")).toBe("DELETE 1");
    server.disk.isFull = false;
    expect(await answer(client, "INSERT INTO t VALUES (2)")).toBe("INSERT 0 1");
  });
});

test("a commit waits for a slow disk, and for a stuck one until it answers again", async () => {
  await onStage(async ({ server, connect, main }) => {
    const client = await connect("one");
    server.disk.flushDelayMs = 40;
    expect(await answer(client, "INSERT INTO t VALUES (1)")).toBe("INSERT 0 1");
    server.disk.isStuck = true;
    const commit = answer(client, "INSERT INTO t VALUES (2)");
    await main.sleep(1000);
    expect(server.read("SELECT id FROM t").rows).toEqual([[1]]);
    server.disk.isStuck = false;
    expect(await commit).toBe("INSERT 0 1");
  });
});

test("a crash breaks connections and keeps what was committed; after a restart it is there", async () => {
  await onStage(async ({ server, connect, heard, main }) => {
    const client = await connect("one");
    await answer(client, "INSERT INTO t VALUES (1)");
    await answer(client, "BEGIN");
    await answer(client, "INSERT INTO t VALUES (2)");
    server.crash();
    expect(await answer(client, "COMMIT")).toBe("lost");
    await main.sleep(5);
    expect(heard).toEqual(["one is lost"]);
    await expect(connect("other")).rejects.toThrow();
    server.restart();
    const again = await connect("other");
    expect(await answer(again, "INSERT INTO t VALUES (2)")).toBe("INSERT 0 1");
    expect(server.read("SELECT id FROM t ORDER BY id").rows).toEqual([[1], [2]]);
  });
});

test("somebody beside the network changes all that he means to in one transaction, or nothing", async () => {
  await onStage(async ({ server, main }) => {
    const insert = (id: number) => `INSERT INTO t VALUES (${id})`;
    const rows = () => server.read("SELECT id FROM t ORDER BY id").rows;
    let committed = 0;
    const done = () => void (committed += 1);
    expect(server.change("somebody", [insert(1), insert(2)], done)).toBe(true);
    expect(server.change("somebody", [insert(3), "no SQL"], done)).toBe(true);
    await main.sleep(5);
    expect([committed, rows()]).toEqual([1, [[1], [2]]]);
    server.crash();
    expect(server.change("somebody", [insert(4)], done)).toBe(false);
  });
});
