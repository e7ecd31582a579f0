import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { expect, test } from "vitest";
import { Unanswered } from "../scenarios/world.ts";
import { requestOnce } from "./service-client.ts";
import { pickFreePort } from "./toxiproxy/free-ports.ts";

const POST = {
  method: "POST",
  path: "/payments",
  headers: { "idempotency-key": "p1" },
  body: { amount: "1" },
} as const;

test("a request carries its path, headers and body, and an answer its status, headers and body", async () => {
  const heard: unknown[] = [];
  const answer = await withServer(
    (request, response) => {
      const { url, method, headers } = request;
      request.on("data", (body: Buffer) =>
        heard.push(url, method, headers["idempotency-key"], body.toString()),
      );
      request.on("end", () =>
        response.writeHead(202, { location: "/payments/a" }).end('{"id":"a"}'),
      );
    },
    (address) => requestOnce(address, POST),
  );
  expect(heard).toEqual(["/payments", "POST", "p1", '{"amount":"1"}']);
  expect(answer).toMatchObject({ status: 202, body: { id: "a" } });
  expect(answer.headers["location"]).toBe("/payments/a");
});

test("a refusal is an answer", async () => {
  const answer = await withServer(
    (_request, response) => response.writeHead(503).end("not JSON"),
    (address) => requestOnce(address, POST),
  );
  expect(answer).toMatchObject({ status: 503, body: "not JSON" });
});

test("a connection that is refused or lost is no answer", async () => {
  await expect(requestOnce(`127.0.0.1:${await pickFreePort()}`, POST)).rejects.toThrow(Unanswered);
  const lost = withServer(
    (request) => request.socket.destroy(),
    (address) => requestOnce(address, POST),
  );
  await expect(lost).rejects.toThrow("no answer to POST /payments");
});

test("an answer that breaks off is no answer", async () => {
  const brokenOff = withServer(
    (request, response) => {
      response
        .writeHead(202, { "content-length": "100" })
        .write('{"id"', () => request.socket.destroy());
    },
    (address) => requestOnce(address, POST),
  );
  await expect(brokenOff).rejects.toThrow(Unanswered);
});

async function withServer<T>(listener: RequestListener, use: (address: string) => Promise<T>) {
  const port = await pickFreePort();
  const server = createServer(listener).listen({ port, host: "127.0.0.1" });
  await once(server, "listening");
  try {
    return await use(`127.0.0.1:${port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
