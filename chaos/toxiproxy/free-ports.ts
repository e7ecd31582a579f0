import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Above the well-known ones, below 32768, where Linux begins to hand out ports to outgoing
 * connections: a proxy that is disabled for a while gives its port back, and must find it free
 * again.
 */
const PORT_MIN = 20_000;
const PORT_MAX = 32_767;
const ATTEMPTS_MAX = 200;
const givenBefore = new Set<number>();

/** A port that somebody else listens on. */
export class PortTaken extends Error {
  readonly code = "PORT_TAKEN";
  readonly port: number;

  constructor(port: number, purpose: string, options?: ErrorOptions) {
    super(
      `port ${port} on 127.0.0.1 is taken, and ${purpose} needs it: choose another, or none to have one picked`,
      options,
    );
    this.name = "PortTaken";
    this.port = port;
  }
}

/** Picks a port on 127.0.0.1 that is free now and was not given out by this process before. */
export async function pickFreePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const port = randomInt(PORT_MIN, PORT_MAX + 1);
    if (givenBefore.has(port)) {
      continue;
    }
    givenBefore.add(port);
    if (await isPortFree(port)) {
      return port;
    }
  }
  throw new Error(
    `no free port between ${PORT_MIN} and ${PORT_MAX} was found in ${ATTEMPTS_MAX} attempts`,
  );
}

/** True when a listener on 127.0.0.1 could be opened at this moment. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () =>
      server.close(() => resolve(true)),
    );
  });
}
