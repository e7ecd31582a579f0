/** How long the system has to come to rest once the faults have stopped. */
export const SETTLE_BOUND_MS = 30_000;
