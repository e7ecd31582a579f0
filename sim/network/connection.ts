import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import { ConnectionLost } from "./connection-error.ts";
import type { Link } from "./link.ts";
import type { SessionHandler } from "./session.ts";

/** A client's end of a connection. */
export interface Connection {
  /** As in `ServerSession.name`. */
  readonly name: string;
  /** False once either end has closed it, as far as this end knows. */
  readonly isOpen: boolean;
  /** Settles with the server's reply, or rejects with `ConnectionLost`. Requests arrive in the order of sending. */
  request(payload: unknown): Promise<unknown>;
  /** Hangs up. What was sent still arrives; what was asked for is lost. */
  close(): void;
  /** Told once, when the server hangs up or is gone. Not told of the own `close`. */
  onLost(listener: () => void): void;
}

/** A server's end of a connection, until either end closes it. */
export interface ServerEnd {
  open(handler: SessionHandler, onClosed: () => void): void;
  close(): void;
}

/** Makes both ends of a connection over one link. The client's end goes down with its process. */
export function createConnection(options: {
  process: SimulatedProcess;
  link: Link;
  name: string;
  to: string;
}): { connection: Connection; serverEnd: ServerEnd } {
  const { process, link, name } = options;
  const waitingFor = `a reply of ${options.to}`;
  const pending = new Map<number, PendingRequest>();
  const lostListeners = new Set<() => void>();
  let requestCount = 0;
  let clientIsOpen = true;
  let server: { readonly handler: SessionHandler; readonly onClosed: () => void } | undefined;

  function closeClient(): void {
    if (!clientIsOpen) return;
    clientIsOpen = false;
    stopListening();
    const requests = [...pending.values()];
    pending.clear();
    for (const request of requests)
      request.reject(new ConnectionLost({ connection: name, sent: true }));
  }

  function hangUp(): void {
    if (!clientIsOpen) return;
    closeClient();
    link.send("server", "disconnect", () => closeServer()?.onDisconnect());
  }

  function closeServer(): SessionHandler | undefined {
    const closed = server;
    server = undefined;
    closed?.onClosed();
    return closed?.handler;
  }

  function arrive(requestId: number, payload: unknown): void {
    let isAnswered = false;
    server?.handler.onRequest(payload, (reply) => {
      if (isAnswered) throw new Error(`${name}: request ${requestId} was answered twice`);
      isAnswered = true;
      // The server hung up or died in the meantime: the reply never leaves it.
      if (server === undefined) return;
      link.send("client", "reply", () => {
        const request = pending.get(requestId);
        pending.delete(requestId);
        request?.resolve(reply);
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
      request: (payload) =>
        process.promise<unknown>(waitingFor, (resolve, reject) => {
          if (!clientIsOpen) {
            reject(new ConnectionLost({ connection: name, sent: false }));
            return;
          }
          requestCount += 1;
          const requestId = requestCount;
          pending.set(requestId, { resolve, reject });
          link.send("server", "request", () => arrive(requestId, payload));
        }),
      close: hangUp,
      onLost: (listener) => {
        lostListeners.add(listener);
      },
    },
    serverEnd: {
      open(handler, onClosed) {
        server = { handler, onClosed };
      },
      close() {
        if (closeServer() === undefined) return;
        link.send("client", "hang-up", () => {
          if (!clientIsOpen) return;
          closeClient();
          for (const listener of lostListeners) listener();
        });
      },
    },
  };
}

interface PendingRequest {
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
}
