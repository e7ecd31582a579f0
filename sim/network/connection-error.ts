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
