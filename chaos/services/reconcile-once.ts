import { readMigrations } from "../../system/adapters/migration-files.ts";
import { nodeClock, nodeEntropy } from "../../system/adapters/node-host.ts";
import { createPostgresDatabase } from "../../system/adapters/postgres-database.ts";
import { ForeignSchema, migrate } from "../../system/database/migrate.ts";
import { DatabaseError, type Database } from "../../system/ports/database.ts";
import { openBreaks, type OpenBreak } from "../../system/reconciliation/break-records.ts";
import { DEFAULT_LIMITS } from "../../system/reconciliation/limits.ts";
import { reconcile } from "../../system/reconciliation/reconcile.ts";
import type { RunResult } from "../../system/reconciliation/run-records.ts";
import { SNAPSHOT_IDLE_MS_MAX } from "../../system/reconciliation/snapshot.ts";
import { databaseVariable, readerVariable, type ServerVariables } from "../service-addresses.ts";
import { ServicesNotReady } from "./services-not-ready.ts";

/** One run, and all breaks that are open after it. */
export interface Reconciliation {
  readonly run: Omit<RunResult, "watermarks"> & { readonly id: string };
  readonly breaks: readonly OpenBreak[];
}

/**
 * Reconciles once on the databases that the variables name.
 *
 * @throws ServicesNotReady when the engine's own database cannot be used, and while another run is
 *   under way; a source that cannot be read makes a run that failed
 */
export async function reconcileOnce(
  variables: ServerVariables,
  scope: "news" | "everything",
): Promise<Reconciliation> {
  const open = (variable: string, idleMsMax?: number): Database =>
    createPostgresDatabase({
      connectionString: variables[variable],
      application_name: "falconpay reconcile",
      ...(idleMsMax !== undefined && { idle_in_transaction_session_timeout: idleMsMax }),
    });
  const database = open(databaseVariable("reconciliation"));
  const sources = {
    payment: open(readerVariable("payment"), SNAPSHOT_IDLE_MS_MAX),
    wallet: open(readerVariable("wallet"), SNAPSHOT_IDLE_MS_MAX),
  };
  const ports = { database, sources, clock: nodeClock, entropy: nodeEntropy };
  try {
    await migrate(ports, readMigrations("reconciliation"));
    const made = await reconcile(ports, { startedBy: "demand", limits: DEFAULT_LIMITS, scope });
    if (made === undefined) {
      throw new ServicesNotReady("another run is under way: ask again when it is over");
    }
    const { watermarks: _, ...run } = made;
    return { run, breaks: await openBreaks(database, nodeClock.nowMs()) };
  } catch (error) {
    if (error instanceof DatabaseError || error instanceof ForeignSchema) {
      throw new ServicesNotReady(`the reconciliation database: ${error.message}`);
    }
    throw error;
  } finally {
    await Promise.all([database, sources.payment, sources.wallet].map((each) => each.close()));
  }
}
