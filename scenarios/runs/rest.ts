import type { ServiceName } from "../../system/process/roles.ts";
import type { Universe } from "../world.ts";

/** How often the system is asked whether it is at rest. */
const REST_POLL_MS = 100;

const UNFINISHED: readonly { readonly service: ServiceName; readonly sql: string }[] = [
  { service: "payment", sql: `SELECT id FROM outbox WHERE sent_at_ms IS NULL LIMIT 1` },
  { service: "wallet", sql: `SELECT id FROM outbox WHERE sent_at_ms IS NULL LIMIT 1` },
  { service: "payment", sql: `SELECT id FROM payments WHERE status = 'PENDING' LIMIT 1` },
];

/**
 * Waits until nothing is under way: no payment PENDING, outboxes empty, everything read. Gives up
 * after `boundMs`, or as soon as `goOnAtOnce` says so.
 */
export async function comeToRest(
  universe: Universe,
  { boundMs, goOnAtOnce = () => false }: { boundMs: number; goOnAtOnce?: () => boolean },
): Promise<void> {
  const deadlineAtMs = universe.nowMs() + boundMs;
  while (universe.nowMs() < deadlineAtMs && !goOnAtOnce()) {
    if (await isAtRest(universe)) {
      return;
    }
    await universe.sleep(REST_POLL_MS);
  }
}

async function isAtRest(universe: Universe): Promise<boolean> {
  for (const { service, sql } of UNFINISHED) {
    const rows = await universe.query(service, sql);
    if (rows.length > 0) {
      return false;
    }
  }
  return (await universe.lag()) === 0;
}
