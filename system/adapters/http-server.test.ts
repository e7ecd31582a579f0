import { once } from "node:events";
import { connect, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRoute } from "../http/open-route.ts";
import { problem } from "../http/problem.ts";
import type { HttpRequest, RunningServer } from "../ports/server.ts";
import { createHttpServer } from "./http-server.ts";

let base: string;
let running: RunningServer;
let heard: HttpRequest[];
let slow: Record<"asked" | "goOn", PromiseWithResolvers<void>>;

beforeEach(async () => {
  const address = { host: "127.0.0.1", port: await freePort() };
  base = `http://${address.host}:${address.port}`;
  heard = [];
  slow = { asked: Promise.withResolvers(), goOn: Promise.withResolvers() };
  running = await createHttpServer(address).serve([
    openRoute("POST", "/echo/:id", async (request) => {
      heard.push(request);
      return { status: 202, headers: { location: "/there" }, body: { got: request.body } };
    }),
    openRoute("GET", "/gone", async (request) => {
      heard.push(request);
      request.hangUp();
      return { status: 200, body: "too late" };
    }),
    openRoute("GET", "/slow", async () => {
      slow.asked.resolve();
      await slow.goOn.promise;
      return { status: 200, body: "at last" };
    }),
    openRoute("GET", "/bug", () => Promise.reject(new Error("a secret of the service"))),
    {
      method: "POST",
      path: "/closed",
      admit: async () => ({ kind: "refused", response: problem(401, "unknown", "not let in") }),
    },
    { method: "GET", path: "/broken", admit: () => Promise.reject(new Error("a secret")) },
  ]);
});
afterEach(() => running.close());

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") {
    throw new Error("no port was given");
  }
  return address.port;
}

async function post(path: string, body: string): Promise<Response> {
  const headers = { "content-type": "application/json", "Idempotency-Key": "k1" };
  return fetch(`${base}${path}`, { method: "POST", headers, body });
}

/** What a client sees of a refusal. */
async function problemOf(response: Response): Promise<unknown> {
  expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  const body: unknown = await response.json();
  expect(body).toMatchObject({ status: response.status });
  return body;
}

describe("the HTTP server, over a socket", () => {
  it("hands a route its parameters, headers and body, and sends its answer", async () => {
    const response = await post("/echo/a%20b", `{"amount":"50.000"}`);
    expect(response.status).toBe(202);
    expect(response.headers.get("location")).toBe("/there");
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    expect(await response.json()).toEqual({ got: { amount: "50.000" } });
    expect(heard).toEqual([
      {
        hangUp: expect.any(Function),
        pathParameters: { id: "a b" },
        queryParameters: {},
        headers: expect.objectContaining({ "idempotency-key": ["k1"] }),
        body: { amount: "50.000" },
      },
    ]);
  });

  it.each([
    ["cut off", `{"amount":`],
    ["not JSON", "amount=50"],
  ])("answers 400 with problem details to a body that is %s", async (_, body) => {
    const response = await post("/echo/1", body);
    expect(response.status).toBe(400);
    expect(await problemOf(response)).toMatchObject({ title: "malformed-request" });
    expect(heard).toEqual([]);
  });

  it("hands a route nothing where a body is empty, whatever its type", async () => {
    expect((await post("/echo/1", "")).status).toBe(202);
    expect(heard).toMatchObject([{ body: undefined }]);
  });

  it("answers 413 to a body of more than 64 KiB, and 202 to one just as large", async () => {
    const ofBytes = (count: number) => JSON.stringify("x".repeat(count - 2));
    const tooLarge = await post("/echo/1", ofBytes(64 * 1024 + 1));
    expect(tooLarge.status).toBe(413);
    expect(await problemOf(tooLarge)).toMatchObject({ title: "body-too-large" });
    expect(heard).toEqual([]);
    expect((await post("/echo/1", ofBytes(64 * 1024))).status).toBe(202);
  });

  it.each([
    ["is not JSON", "{", "application/json"],
    ["does not say that it is JSON", "a,b", "text/csv"],
    ["is too large", "x".repeat(64 * 1024 + 1), "application/json"],
  ])("tells who is not let in so, though the body %s", async (_, body, type) => {
    const headers = { "content-type": type };
    const response = await fetch(`${base}/closed`, { method: "POST", headers, body });
    expect(response.status).toBe(401);
    expect(await problemOf(response)).toMatchObject({ title: "unknown" });
  });

  it("answers 415 to a body that does not say that it is JSON", async () => {
    const headers = { "content-type": "text/csv" };
    const response = await fetch(`${base}/echo/1`, { method: "POST", headers, body: "a,b" });
    expect(response.status).toBe(415);
    await problemOf(response);
  });

  it.each([
    ["GET", "/nowhere"],
    ["POST", "/echo/1/2"],
  ])("answers 404 to %s %s, by what was asked", async (method, path) => {
    const response = await fetch(`${base}${path}`, { method });
    expect(response.status).toBe(404);
    expect(await problemOf(response)).toMatchObject({
      title: "unknown-path",
      detail: `there is no ${method} ${path}`,
    });
  });

  it.each(["/bug", "/broken"])("answers 500 to a bug behind %s, untold", async (path) => {
    const response = await fetch(`${base}${path}`);
    expect(response.status).toBe(500);
    const body = await problemOf(response);
    expect(body).toMatchObject({ title: "internal-error" });
    expect(JSON.stringify(body)).not.toContain("secret");
  });

  it.each([
    ["400 to what is no HTTP", "garbage\r\n\r\n", 400],
    ["400 to a request without a host", "GET /bug HTTP/1.1\r\nConnection: close\r\n\r\n", 400],
    ["431 to a request line of 20 kB", `GET /${"x".repeat(20_000)} HTTP/1.1\r\n\r\n`, 431],
    ["417 to an expectation", "GET /bug HTTP/1.1\r\nHost: a\r\nExpect: a pony\r\n\r\n", 417],
  ])("answers %s, with problem details", async (_, sent, status) => {
    const { hostname, port } = new URL(base);
    const socket = connect(Number(port), hostname);
    socket.write(sent);
    const [head = "", body = ""] = (await text(socket)).split("\r\n\r\n");
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(head.toLowerCase()).toContain("content-type: application/problem+json");
    expect(body).toContain(`"status":${status}`);
  });

  it("closes the connection of a client on which a route hangs up, and serves on", async () => {
    await expect(fetch(`${base}/gone`)).rejects.toThrow("fetch failed");
    expect(heard).toHaveLength(1);
    expect((await post("/echo/1", "{}")).status).toBe(202);
  });

  it("answers what is in hand when it is closed, and then hangs up", async () => {
    const answer = fetch(`${base}/slow`);
    await slow.asked.promise;
    const closed = running.close();
    const refused = fetch(`${base}/slow`);
    await expect(refused).rejects.toThrow("fetch failed");
    slow.goOn.resolve();
    const response = await answer;
    expect(response.status).toBe(200);
    expect(response.headers.get("connection")).toBe("close");
    // Not after the minute for which an idle connection is kept.
    await closed;
  });

  it("refuses connections once it is closed", async () => {
    await running.close();
    await expect(fetch(`${base}/bug`)).rejects.toThrow("fetch failed");
  });
});
