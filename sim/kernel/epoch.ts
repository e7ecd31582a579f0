/**
 * The day on which every simulated run begins, in milliseconds since the epoch: 2026-01-01, UTC.
 */
export const EPOCH_MS = 1_767_225_600_000;
