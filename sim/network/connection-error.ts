/** The connection broke. What was asked may have been done, unless it had not been sent. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
  readonly code = "ECONNRESET";
  /** Whether the request had left: if so it may have been done. */
  readonly sent: boolean;

  constructor(options: { connection: string; sent: boolean }) {
    super(`connection lost: ${options.connection}, request ${options.sent ? "sent" : "not sent"}`);
    this.sent = options.sent;
  }
}

/** Nobody listens there: no server of that name, or one that is down. Nothing was sent. */
export class ConnectionRefused extends Error {
  override readonly name = "ConnectionRefused";
  readonly code = "ECONNREFUSED";
  readonly sent = false;

  constructor(connection: string) {
    super(`connection refused: ${connection}`);
  }
}

/** Nobody answered in time: the network is cut, or far too slow. Nothing was sent. */
export class ConnectionTimedOut extends Error {
  override readonly name = "ConnectionTimedOut";
  readonly code = "ETIMEDOUT";
  readonly sent = false;

  constructor(connection: string) {
    super(`connection timed out: ${connection}`);
  }
}

/** Whether no request can have left over it, or what was asked may have been done all the same. */
export type ConnectionError = ConnectionLost | ConnectionRefused | ConnectionTimedOut;

export function isConnectionError(error: unknown): error is ConnectionError {
  return (
    error instanceof ConnectionLost ||
    error instanceof ConnectionRefused ||
    error instanceof ConnectionTimedOut
  );
}
