/** How long the system has to come to rest once the faults have stopped, at the least. */
export const SETTLE_MS_MIN = 30_000;

/** How long the processes have to be up once the faults have stopped, at the least. */
export const HEAL_MS_MIN = 60_000;
