import type { AgeLimits } from "./payment-case.ts";

/** An hour is far beyond what a broker or a database is away; after a day an event is lost. */
export const DEFAULT_LIMITS: AgeLimits = { pendingMs: 3_600_000, lostMs: 86_400_000 };
