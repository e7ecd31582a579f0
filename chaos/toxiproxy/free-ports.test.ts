import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { isPortFree, pickFreePort } from "./free-ports.ts";

test("picked ports are free, differ, and lie below those of outgoing connections", async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, () => pickFreePort()));
  expect(new Set(ports).size).toBe(20);
  expect(Math.max(...ports)).toBeLessThan(32_768);
  expect(await Promise.all(ports.map(isPortFree))).toEqual(ports.map(() => true));
});

test("a port that is listened on is not free", async () => {
  const port = await pickFreePort();
  const server = createServer().listen({ port, host: "127.0.0.1" });
  await once(server, "listening");
  expect(await isPortFree(port)).toBe(false);
  server.close();
});
