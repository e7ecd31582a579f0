/**
 * The run cannot go on: nothing is left to happen, or a limit is reached. A bug of the world or of
 * its code.
 */
export class RunStopped extends Error {
  override readonly name = "RunStopped";
  readonly kind: "queue-empty" | "time-limit" | "event-limit";

  constructor(kind: RunStopped["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

/**
 * Simulated code went on in a turn of the host: it had waited for a timer, a thread of the pool or
 * a socket of the host, which come when they like. The stack says where it went on.
 */
export class OutsideSimulation extends Error {
  override readonly name = "OutsideSimulation";

  constructor(what: string, actor: string) {
    super(
      `${actor} asked for ${what} outside the simulation: its code went on because of a timer, a thread or a socket of the host`,
    );
  }
}
