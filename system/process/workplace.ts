import type { Clock } from "../ports/clock.ts";
import type { Database } from "../ports/database.ts";
import type { Entropy } from "../ports/entropy.ts";
import type { Telemetry } from "../ports/telemetry.ts";

/** What one role works with: its service's database, and what the process shares. */
export interface Workplace {
  readonly database: Database;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly telemetry: Telemetry;
}
