import { DatabaseError, type QueryResult } from "../../system/ports/database.ts";
import type { StageClock } from "./stage.ts";

/** What a query came to, as a value that can be compared. */
export type QueryOutcome =
  | { readonly kind: "result"; readonly command: string; readonly rowCount: number }
  | {
      readonly kind: "error";
      readonly code: string;
      readonly applied: string;
      readonly constraint?: string;
    };

/** A query that was asked and not waited for. */
export interface QueryUnderWay {
  isOver(): boolean;
  readonly outcome: Promise<QueryOutcome>;
}

/**
 * Follows a query, whatever it comes to. An error that is not the database's is thrown by
 * `outcome`.
 */
export function underWay(query: Promise<QueryResult>): QueryUnderWay {
  let over = false;
  const outcome = outcomeOf(query).finally(() => {
    over = true;
  });
  // A claim that fails at another place leaves this one behind.
  outcome.catch(() => {});
  return { isOver: () => over, outcome };
}

/** Waits for a query. @throws what is not a DatabaseError */
export async function outcomeOf(query: Promise<QueryResult>): Promise<QueryOutcome> {
  try {
    const { command, rowCount } = await query;
    return { kind: "result", command, rowCount };
  } catch (error) {
    if (!(error instanceof DatabaseError)) {
      throw error;
    }
    const { code, applied, constraint } = error;
    return { kind: "error", code, applied, ...(constraint === undefined ? {} : { constraint }) };
  }
}

/** Long beside a query that need not wait, short beside every time-out. */
const LOOK_AFTER_MS = 250;

/** @throws Error when the query is over, so that it did not have to wait */
export async function demandWaiting(
  clock: StageClock,
  what: string,
  query: QueryUnderWay,
): Promise<void> {
  await clock.sleep(LOOK_AFTER_MS);
  if (query.isOver()) {
    const found = JSON.stringify(await query.outcome);
    throw new Error(`${what}: expected it to wait, found after ${LOOK_AFTER_MS} ms ${found}`);
  }
}
