/** What a server sees of one connection. */
export interface ServerSession {
  /**
   * Who connected, over which of its connections: `payment-1.1/kafka-1#2` (process, incarnation,
   * server, ordinal).
   */
  readonly name: string;
  /** The name of the process that connected: `payment-1`. */
  readonly client: string;
  /** Hangs up: pending requests of the client are lost. */
  close(): void;
}

/**
 * How a server treats one connection. Neither function is called any more once the server is
 * closed.
 */
export interface SessionHandler {
  /** Called in the order of sending. `reply` may be called later, at most once, in any order. */
  onRequest(payload: unknown, reply: (payload: unknown) => void): void;
  /** The client is gone, after everything that it had sent has arrived. */
  onDisconnect(): void;
}
