import fc from "fast-check";
import type { Fault } from "../faults/fault.ts";
import type { ReconcileCommand } from "../plans/commands/reconcile.ts";
import type { PlanDraft } from "../plans/scenario.ts";
import { AUDITOR } from "../plans/topology.ts";

/** Of what `auditArbitrary` draws, for a scenario's description. */
export const AUDIT_WORDS =
  "In one run of three both services are compared again and again meanwhile, and once all is at rest: reconciliation must find nothing.";

/** Whether, where and when both services are compared while clients ask, as drawn. */
export interface AuditDraw {
  readonly isOn: boolean;
  /** Taken modulo the processes that are there; in a process of its own where that is null. */
  readonly beside: number | null;
  /** Taken modulo the time of the load. */
  readonly runs: readonly { readonly atMs: number; readonly scope: "news" | "everything" }[];
  /** How a process of its own is killed once; null where it is not. */
  readonly crash: { readonly atMs: number; readonly restartAfterMs: number } | null;
}

export function auditArbitrary(): fc.Arbitrary<AuditDraw> {
  const any = fc.nat({ max: 1_000_000 });
  const run = fc.record({ atMs: any, scope: fc.constantFrom("news", "news", "everything") });
  return fc.record({
    isOn: fc.constantFrom(true, false, false),
    beside: fc.option(any, { nil: null }),
    runs: fc.array(run, { minLength: 1, maxLength: 5, size: "max" }),
    crash: fc.option(
      fc.record({ atMs: any, restartAfterMs: fc.integer({ min: 50, max: 2_000 }) }),
      {
        nil: null,
        freq: 3,
      },
    ),
  });
}

/** Clocks that are set make nothing old so soon. */
const LIMIT_MS = 86_400_000;

/** So long, often, there is something under way after the last request. */
const UNDER_WAY_MS = 1_000;

/** Where there are as many processes, there is no room for another. */
const PROCESSES_MAX = 6;

/** The plan with what was drawn of its comparisons. */
export function withAudit(draft: PlanDraft, { isOn, beside, runs, crash }: AuditDraw): PlanDraft {
  if (!isOn) {
    return draft;
  }
  const { topology, commands, faults } = draft;
  const loadMs = UNDER_WAY_MS + Math.max(0, ...commands.map(({ atMs }) => atMs));
  const reconciling = runs.map(({ atMs, scope }): ReconcileCommand => {
    const asked = { scope, pendingMs: LIMIT_MS, lostMs: LIMIT_MS, expects: "accepted" } as const;
    return { kind: "reconcile", atMs: atMs % loadMs, ...asked };
  });
  const withRuns = {
    ...draft,
    commands: [...commands, ...reconciling].toSorted((left, right) => left.atMs - right.atMs),
  };
  if (beside !== null || topology.length >= PROCESSES_MAX) {
    const at = (beside ?? 0) % topology.length;
    const shared = topology.map((each, index) =>
      index === at ? { ...each, roles: [...each.roles, ...AUDITOR.roles] } : each,
    );
    return { ...withRuns, topology: shared };
  }
  const killed: readonly Fault[] =
    crash === null
      ? []
      : [
          {
            kind: "crash",
            trigger: { on: "time", process: AUDITOR.name, atMs: crash.atMs % loadMs },
            restartAfterMs: crash.restartAfterMs,
          },
        ];
  return { ...withRuns, topology: [...topology, AUDITOR], faults: [...faults, ...killed] };
}
