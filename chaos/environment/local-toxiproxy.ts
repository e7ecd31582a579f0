import { join } from "node:path";
import { createProxies, type Proxies } from "../nemesis/proxies.ts";
import type { InstalledServers } from "./installed-servers.ts";
import type { LocalServers } from "./local-servers.ts";
import { untilReady } from "./server-ready.ts";

const host = "127.0.0.1";

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
    arguments: ["-host", host, "-port", String(parts.port)],
    environment: {},
    folder: parts.folder,
    logFile: join(parts.logsFolder, "toxiproxy.log"),
    user: null,
    farewell: { signal: "SIGKILL", graceMs: 5000 },
  });
  const proxies = createProxies(`http://${host}:${parts.port}`);
  await untilReady({ server, readyMsMax: parts.readyMsMax, probe: () => proxies.healAll() });
  return proxies;
}
