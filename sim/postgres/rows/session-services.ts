import type { LockMode } from "../locks/lock.ts";
import type { Sequence } from "../storage/sequence.ts";
import type { ParsedStatement } from "../syntax/postgres-parser.ts";
import type { TransactionModes } from "./transaction-modes.ts";

/** What a statement or a function may ask of the session that it runs in, beside its rows. */
export interface SessionServices {
  readonly processId: number;
  /** The oldest transaction that was still open when the snapshot in use was taken. */
  readonly snapshotXmin: number;
  /** The value of a setting as SHOW gives it. @throws PostgresError (42704) */
  showSetting(name: string): string;
  /**
   * Sets a setting, to its default where `value` is null. It is taken back with the transaction;
   * `local` says that it ends with it, too. @throws PostgresError (22023, 42704)
   */
  changeSetting(name: string, value: string | null, local: boolean): void;
  /** RESET ALL. */
  resetSettings(): void;
  /** True inside BEGIN ... COMMIT, where SET LOCAL and LOCK TABLE make sense. */
  readonly inBlock: boolean;
  /** SET TRANSACTION. @throws PostgresError (25001) once a query has run */
  changeTransaction(modes: TransactionModes): void;
  /** PREPARE. @throws PostgresError (42P05) */
  prepare(name: string, statement: ParsedStatement): void;
  /** DEALLOCATE; null stands for all. @throws PostgresError (26000) */
  deallocate(name: string | null): void;
  /** Notes what a sequence gave, for currval and lastval. */
  noteDrawn(sequence: Sequence, value: bigint): void;
  /** The same for what setval said, which is none that lastval gives. */
  noteSet(sequence: Sequence, value: bigint): void;
  /**
   * What that sequence gave this session last; null stands for the one that it drew from last.
   * Undefined where it has drawn from none.
   */
  lastDrawn(sequence: Sequence | null): bigint | undefined;
  /** SET CONSTRAINTS ALL. */
  deferConstraints(deferred: boolean): void;
  /** Sends a notification when the transaction commits. */
  notify(channel: string, payload: string): void;
  /** LISTEN, from the commit on. */
  listen(channel: string): void;
  /** UNLISTEN, from the commit on; null stands for all channels. */
  unlisten(channel: string | null): void;
  /**
   * True when the advisory lock was taken; with `wait` the session otherwise stands in line for it:
   * throw the wait signal, and ask again after the wait.
   */
  lockAdvisory(key: AdvisoryKey, mode: LockMode, request: AdvisoryRequest): boolean;
  /** Gives one taking by the session back; false, with a warning, when there is none. */
  unlockAdvisory(key: AdvisoryKey, mode: LockMode): boolean;
  unlockAllAdvisory(): void;
}

/** `[0,1,0,1]`: how PostgreSQL writes the key of an advisory lock. */
export type AdvisoryKey = string;

/** How an advisory lock is asked for. */
export interface AdvisoryRequest {
  readonly scope: "transaction" | "session";
  readonly wait: boolean;
}

/** The key of pg_advisory_lock(key). */
export function advisoryKey(key: bigint): AdvisoryKey {
  const bits = BigInt.asUintN(64, key);
  return `[0,${bits >> 32n},${bits & 0xffff_ffffn},1]`;
}

/** The key of pg_advisory_lock(first, second). */
export function advisoryKeyOfTwo(first: number, second: number): AdvisoryKey {
  return `[0,${first >>> 0},${second >>> 0},2]`;
}
