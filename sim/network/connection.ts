import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import type { Wait } from "../kernel/wait.ts";
import { ConnectionLost } from "./connection-error.ts";
import type { Link } from "./link.ts";
import type { SessionHandler } from "./session.ts";

/** A client's end of a connection. */
export interface NetworkConnection {
  /** As in `ServerSession.name`. */
  readonly name: string;
  /** False once either end has closed it, as far as this end knows. */
  readonly isOpen: boolean;
  /**
   * Settles with the server's reply, or rejects with `ConnectionLost`. Requests arrive in the order
   * of sending.
   */
  request(payload: unknown): Promise<unknown>;
  /** Hangs up. What was sent still arrives; what was asked for is lost. */
  close(): void;
  /** Told once, when the server hangs up or is gone. Not told of the own `close`. */
  onLost(listener: () => void): void;
}

/** A server's end of a connection, until either end closes it. */
export interface ServerEnd {
  /** `isPlain`: the handler settles no promise, as in `Network.listen`. */
  open(handler: SessionHandler, options: { isPlain: boolean; onClosed: () => void }): void;
  close(): void;
}

/** Makes both ends of a connection over one link. The client's end goes down with its process. */
export function createConnection(options: {
  process: SimulatedProcess;
  link: Link;
  name: string;
  to: string;
}): { connection: NetworkConnection; serverEnd: ServerEnd } {
  const { process, link, name } = options;
  const waitingFor = `a reply of ${options.to}`;
  /** In the order of sending. Seldom more than one, for which a list is cheaper than a set. */
  const pending: Wait<unknown>[] = [];
  const lostListeners = new Set<() => void>();
  let isPlainServer = false;
  let clientIsOpen = true;
  let server: { readonly handler: SessionHandler; readonly onClosed: () => void } | undefined;

  function closeClient(): void {
    if (!clientIsOpen) {
      return;
    }
    clientIsOpen = false;
    stopListening();
    for (const wait of pending.splice(0)) {
      wait.reject(new ConnectionLost({ connection: name, sent: true }));
    }
  }

  function hangUp(): void {
    if (!clientIsOpen) {
      return;
    }
    closeClient();
    link.send("server", "disconnect", () => closeServer()?.onDisconnect());
  }

  function closeServer(): SessionHandler | undefined {
    const closed = server;
    server = undefined;
    closed?.onClosed();
    return closed?.handler;
  }

  function arrive(wait: Wait<unknown>, payload: unknown): void {
    let isAnswered = false;
    server?.handler.onRequest(payload, (reply) => {
      if (isAnswered) {
        throw new Error(`${name}: a request was answered twice`);
      }
      isAnswered = true;
      // The server hung up or died in the meantime: the reply never leaves it.
      if (server === undefined) {
        return;
      }
      link.send("client", "reply", () => {
        remove(pending, wait);
        // Lost in the meantime, it has been rejected: then this does nothing.
        wait.resolve(reply);
      });
    });
  }

  const stopListening = process.onExit(hangUp);
  return {
    connection: {
      name,
      get isOpen() {
        return clientIsOpen;
      },
      request(payload) {
        const wait = process.wait<unknown>(waitingFor);
        if (clientIsOpen) {
          pending.push(wait);
          link.send("server", "request", () => arrive(wait, payload), isPlainServer);
        } else {
          wait.reject(new ConnectionLost({ connection: name, sent: false }));
        }
        return wait.promise;
      },
      close: hangUp,
      onLost: (listener) => {
        lostListeners.add(listener);
      },
    },
    serverEnd: {
      open(handler, { isPlain, onClosed }) {
        isPlainServer = isPlain;
        server = { handler, onClosed };
      },
      close() {
        if (closeServer() === undefined) {
          return;
        }
        link.send("client", "hang-up", () => {
          if (!clientIsOpen) {
            return;
          }
          closeClient();
          for (const listener of lostListeners) {
            listener();
          }
        });
      },
    },
  };
}

function remove<T>(list: T[], item: T): void {
  if (list.at(-1) === item) {
    list.pop();
    return;
  }
  const index = list.indexOf(item);
  if (index >= 0) {
    list.splice(index, 1);
  }
}
