import { bigintColumn } from "../database/row.ts";
import { runStatement } from "../database/transaction.ts";
import type { Clock } from "../ports/clock.ts";
import type { Database } from "../ports/database.ts";
import { passes } from "../ports/passes.ts";

/**
 * Who publishes an outbox: one relay at a time, until its lease ends by the database's clock, which
 * all relays share. Each claim has a number, the fence, one higher than the last. What a relay
 * writes it writes under its fence: once another has claimed, it changes nothing.
 */
export interface Lease {
  readonly holder: string;
  readonly fence: bigint;
  /** Zero or less once it has ended. */
  readonly leftMs: number;
}

/** In a statement that is to take effect only under a fence: the table `held` has a row or none. */
export function underFence(fence: string, leaseMs: string): string {
  return `held AS (
    UPDATE outbox_lease SET ends_at = ${endsAfter(leaseMs)} WHERE fence = ${fence} RETURNING fence
  )`;
}

function endsAfter(leaseMs: string): string {
  return `clock_timestamp() + ${leaseMs}::bigint * interval '1 millisecond'`;
}

/**
 * Claims the outbox, unless somebody has claimed it since the lease was read, or its holder has
 * renewed it.
 *
 * @returns the new fence; undefined when another was faster
 * @throws DatabaseError
 */
export async function claimOutbox(
  database: Database,
  claim: { readonly holder: string; readonly seen: bigint; readonly leaseMs: number },
): Promise<bigint | undefined> {
  const { rows } = await runStatement(database, "relay", {
    label: "claim-outbox",
    sql: `UPDATE outbox_lease SET holder = $1, fence = fence + 1, ends_at = ${endsAfter("$3")}
          WHERE fence = $2 AND (holder = $1 OR ends_at <= clock_timestamp())
          RETURNING fence`,
    parameters: [claim.holder, claim.seen, claim.leaseMs],
  });
  return rows[0] === undefined ? undefined : bigintColumn(rows[0], "fence");
}

/** Gives the outbox to whoever asks next. @throws DatabaseError */
export async function releaseOutbox(database: Database, holder: string): Promise<void> {
  await runStatement(database, "relay", {
    label: "release-outbox",
    sql: `UPDATE outbox_lease SET ends_at = clock_timestamp()
          WHERE holder = $1 AND ends_at > clock_timestamp()`,
    parameters: [holder],
  });
}

/** Of one lease, so many renewals while something takes long. */
const RENEWALS_PER_LEASE = 3;

/** Renews the lease for as long as the work takes. @throws what the work throws */
export async function whileHolding<T>(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  { fence, leaseMs }: { readonly fence: bigint; readonly leaseMs: number },
  work: () => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const renewing = (async () => {
    for (;;) {
      await clock.sleep(Math.ceil(leaseMs / RENEWALS_PER_LEASE), over.signal);
      if (over.signal.aborted) {
        return;
      }
      await renew(database, fence, leaseMs);
    }
  })();
  try {
    const [result] = await Promise.all([work().finally(() => over.abort("over")), renewing]);
    return result;
  } finally {
    over.abort("over");
  }
}

/** What cannot be renewed now is renewed the next time, or another takes over. */
async function renew(database: Database, fence: bigint, leaseMs: number): Promise<void> {
  try {
    await runStatement(database, "relay", {
      label: "renew-lease",
      sql: `WITH ${underFence("$1", "$2")} SELECT fence FROM held`,
      parameters: [fence, leaseMs],
    });
  } catch (error) {
    if (!passes(error)) {
      throw error;
    }
  }
}
