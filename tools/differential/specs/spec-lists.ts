/** The specs of PostgreSQL 15 that must pass whole, every permutation byte for byte. */
export const MUST_PASS: readonly string[] =
  `aborted-keyrevoke alter-table-1 alter-table-2 classroom-scheduling deadlock-hard deadlock-simple
  deadlock-soft deadlock-soft-2 delete-abort-savept delete-abort-savept-2 fk-contention fk-deadlock
  fk-deadlock2 freeze-the-dead index-only-scan insert-conflict-do-nothing
  insert-conflict-do-nothing-2 insert-conflict-do-update insert-conflict-do-update-2
  insert-conflict-do-update-3 lock-committed-keyupdate lock-committed-update lock-update-delete
  lock-update-traversal multiple-row-versions multixact-no-deadlock multixact-no-forget nowait
  nowait-2 nowait-3 nowait-4 nowait-5 partial-index predicate-lock-hot-tuple project-manager
  propagate-lock-delete read-only-anomaly read-only-anomaly-2 read-only-anomaly-3 read-write-unique
  read-write-unique-2 read-write-unique-4 receipt-report referential-integrity sequence-ddl
  serializable-parallel simple-write-skew skip-locked skip-locked-2 skip-locked-3 skip-locked-4
  temporal-range-integrity timeouts total-cash tuplelock-conflict tuplelock-update
  tuplelock-upgrade-no-deadlock two-ids update-conflict-out update-locked-tuple`.split(/\s+/);

/**
 * Those of them that pass today. A spec that comes to pass is added here, and the test fails until
 * it is; one that no longer passes fails it too.
 */
export const PASSING: readonly string[] = [...MUST_PASS];

/** Hermitage's 20 schedules, and what becomes of them today. All must pass in the end. */
export const ANOMALIES = [
  { name: "read-committed", kind: "pass", permutations: 9 },
  { name: "repeatable-read", kind: "pass", permutations: 8 },
  { name: "serializable", kind: "pass", permutations: 3 },
] as const;
