/**
 * How this product asks its PostgreSQL client and server to behave, in one place, so that the
 * simulated ones are asked the same. Milliseconds, but for the counts.
 */
export const DATABASE_SETTINGS = {
  /** Of one process to one database. */
  connectionsMax: 10,
  /** For a free connection, and for a new one. */
  connectMsMax: 5_000,
  statementMsMax: 10_000,
  lockMsMax: 5_000,
  idleInTransactionMsMax: 10_000,
} as const;
