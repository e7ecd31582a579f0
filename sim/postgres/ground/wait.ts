/**
 * What a step gives in place of its outcome when it cannot go on yet: it waits for a lock, or
 * another session was let in between. Whoever gets it gives it on, up to the session, and is asked
 * for the same step again when the wait is over; then it goes on where its fields say.
 */
export const WAIT: unique symbol = Symbol("wait");

/** The type of `WAIT`, for what a step gives. */
export type Wait = typeof WAIT;

/** A computation that may have to wait: each yield is a `WAIT` on its way up to the session. */
export type Steps<Result> = Generator<Wait, Result, void>;

class WaitSignal extends Error {
  override readonly name = "WaitSignal";
}

/**
 * Thrown by an expression that has to wait, which has no other way to say so. It is one object, so
 * that throwing it costs little. The operator above catches it, gives `WAIT`, and computes that row
 * again when it is asked again.
 */
export const waitSignal: Error = new WaitSignal("an expression waits");
