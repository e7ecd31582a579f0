import type { Kernel } from "../kernel/kernel.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import { ConnectionRefused } from "./connection-error.ts";
import { createConnection, type NetworkConnection, type ServerEnd } from "./connection.ts";
import { Link, type LatencyRange } from "./link.ts";
import type { ServerSession, SessionHandler } from "./session.ts";

/** A server that listens. */
export interface Listener {
  /** Goes down: connections break, new ones are refused, what is on its way here is lost. */
  close(): void;
}

/**
 * The only way between processes and servers. Payloads are passed as they are: nobody may change
 * one.
 */
export interface Network {
  /**
   * Accepts connections under a name. With an owner the server is that process's and goes down with
   * it. Without one it is a plain state machine, whose handling of a request settles no promise and
   * starts no async function (`settlesNothing` of `Kernel.schedule`). A name may be listened on
   * again once its server is closed.
   */
  listen(
    serverName: string,
    accept: (session: ServerSession) => SessionHandler,
    owner?: SimulatedProcess,
  ): Listener;
  /** Closed by the end of the process. @throws ConnectionRefused when nobody listens there */
  connect(ends: { from: SimulatedProcess; to: string }): Promise<NetworkConnection>;
}

interface Server {
  readonly accept: (session: ServerSession) => SessionHandler;
  readonly ends: Set<ServerEnd>;
  readonly isPlain: boolean;
}

const DEFAULT_LATENCY: LatencyRange = { minUs: 200, maxUs: 800 };

/** A network without faults of its own: messages take their time, and ends die. */
export function createNetwork(options: { kernel: Kernel; latency?: LatencyRange }): Network {
  const { kernel, latency = DEFAULT_LATENCY } = options;
  const servers = new Map<string, Server>();
  const connectionCounts = new Map<string, number>();

  function nameConnection(from: SimulatedProcess, to: string): string {
    const ends = `${from.name}.${from.incarnation}/${to}`;
    const ordinal = (connectionCounts.get(ends) ?? 0) + 1;
    connectionCounts.set(ends, ordinal);
    return `${ends}#${ordinal}`;
  }

  return {
    listen(serverName, accept, owner) {
      if (servers.has(serverName)) {
        throw new Error(`${serverName} is already listened on`);
      }
      if (owner?.isRunning === false) {
        throw new Error(`${owner.name} is dead and cannot listen`);
      }
      const server: Server = { accept, ends: new Set(), isPlain: owner === undefined };
      servers.set(serverName, server);
      function close(): void {
        if (servers.get(serverName) !== server) {
          return;
        }
        servers.delete(serverName);
        stopListening?.();
        for (const end of server.ends) {
          end.close();
        }
      }
      const stopListening = owner?.onExit(close);
      return { close };
    },

    connect({ from, to }) {
      const name = nameConnection(from, to);
      return from.promise<NetworkConnection>(`a connection to ${to}`, (resolve, reject) => {
        const link = new Link({ kernel, name, latency });
        const { connection, serverEnd } = createConnection({ process: from, link, name, to });
        link.send("server", "connect", () => {
          const server = servers.get(to);
          if (server === undefined) {
            link.send("client", "refuse", () => {
              connection.close();
              reject(new ConnectionRefused(name));
            });
            return;
          }
          server.ends.add(serverEnd);
          const session = { name, client: from.name, close: () => serverEnd.close() };
          serverEnd.open(server.accept(session), {
            isPlain: server.isPlain,
            onClosed: () => server.ends.delete(serverEnd),
          });
          link.send("client", "accept", () => resolve(connection));
        });
      });
    },
  };
}
