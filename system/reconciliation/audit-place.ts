import type { Producer } from "../ports/broker.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { ReconcilePorts } from "./reconcile.ts";

/** What the reconciliation engine works with. */
export interface AuditPlace extends ReconcilePorts {
  /** Publishes again what the services have written down. */
  readonly producer: Producer;
  readonly telemetry: Telemetry;
}
