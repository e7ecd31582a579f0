/** One universe at a time per thread, as `takeUnhandledRejections` holds. */
let isInside = false;

/** Told by the drain: from now on only simulated code runs. */
export function enterSimulation(): void {
  isInside = true;
}

/** Told by the drain: the host's own events may have their turn. */
export function leaveSimulation(): void {
  isInside = false;
}

/**
 * Whether simulated code runs at this moment: an event, or a promise job that follows from one.
 * What goes on because of a timer, a thread of the pool or a socket of the host runs outside.
 */
export function isInsideSimulation(): boolean {
  return isInside;
}
