import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { InstalledServers } from "../install/installed-servers.ts";
import { readLog } from "../keeper/process-log.ts";
import { createProxies, type Proxies } from "../toxiproxy/proxies.ts";
import type { LocalServers } from "./local-servers.ts";
import { ServerNotReady, untilReady } from "./server-ready.ts";

const HOST = "127.0.0.1";
const ANSWER_MS_MAX = 1000;

/** Starts a Toxiproxy server on 127.0.0.1 without proxies and returns what commands it. */
export async function startLocalToxiproxy(parts: {
  readonly servers: LocalServers;
  readonly installed: InstalledServers["toxiproxy"];
  readonly folder: string;
  readonly logsFolder: string;
  readonly port: number;
  readonly readyMsMax: number;
}): Promise<Proxies> {
  const server = await parts.servers.start({
    name: "toxiproxy",
    command: parts.installed.command,
    arguments: ["-host", HOST, "-port", String(parts.port)],
    environment: {},
    folder: parts.folder,
    logFile: join(parts.logsFolder, "toxiproxy.log"),
    user: null,
    farewell: { signal: "SIGKILL", graceMs: 5000 },
  });
  const proxies = createProxies(`http://${HOST}:${parts.port}`);
  await untilReady({
    server,
    readyMsMax: parts.readyMsMax,
    probe: () => answers(proxies, server.logFile),
  });
  return proxies;
}

/**
 * A Toxiproxy that lost its port stays up without listening, so its end is not to be waited for;
 * and whoever has the port may be the Toxiproxy of another run, whose answer must not be taken for
 * ours. The log tells both.
 */
async function answers(proxies: Proxies, logFile: string): Promise<void> {
  if (!(await readLog(logFile)).includes("Starting Toxiproxy HTTP server")) {
    throw new Error("it has not begun to listen");
  }
  const answer = await Promise.allSettled([withinBound(proxies.healAll())]);
  const log = await readLog(logFile);
  if (log.includes("Server finished with error")) {
    throw new ServerNotReady("toxiproxy cannot listen", log);
  }
  if (answer[0].status === "rejected") {
    throw answer[0].reason;
  }
}

async function withinBound(answer: Promise<void>): Promise<void> {
  const late = delay(ANSWER_MS_MAX, false, { ref: false });
  if ((await Promise.race([answer, late])) === false) {
    throw new Error(`no answer within ${ANSWER_MS_MAX} ms`);
  }
}
