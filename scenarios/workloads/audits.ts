import fc from "fast-check";
import { databaseResource, printEffect } from "../faults/effect-name.ts";
import type { Fault } from "../faults/fault.ts";
import type { ReconcileCommand } from "../plans/commands/reconcile.ts";
import type { PlanDraft } from "../plans/scenario.ts";
import { AUDITOR, type Topology } from "../plans/topology.ts";

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
  /**
   * How such a process is stopped for a time before it reads one of the sides, and then not killed;
   * null where it is not.
   */
  readonly pause: {
    readonly side: (typeof SIDES)[number];
    /** Taken modulo the number of runs. */
    readonly run: number;
    readonly lastsMs: number;
  } | null;
}

/** What a comparison reads, in this order. */
const SIDES = ["payment-early", "wallet", "payment-late"] as const;

export function auditArbitrary({
  isOn = fc.constantFrom(true, false, false),
  runsMax = 5,
  apartOneIn = 2,
  pause = fc.constant<AuditDraw["pause"]>(null),
}: {
  readonly isOn?: fc.Arbitrary<boolean>;
  readonly runsMax?: number;
  /** Of so many processes that compare one does nothing else. */
  readonly apartOneIn?: number;
  readonly pause?: fc.Arbitrary<AuditDraw["pause"]>;
} = {}): fc.Arbitrary<AuditDraw> {
  const any = fc.nat({ max: 1_000_000 });
  const run = fc.record({ atMs: any, scope: fc.constantFrom("news", "news", "everything") });
  return fc.record({
    isOn,
    beside: fc.option(any, { nil: null, freq: apartOneIn }),
    runs: fc.array(run, { minLength: 1, maxLength: runsMax, size: "max" }),
    crash: fc.option(
      fc.record({ atMs: any, restartAfterMs: fc.integer({ min: 50, max: 2_000 }) }),
      {
        nil: null,
        freq: 3,
      },
    ),
    pause,
  });
}

/** Both services are compared again and again, from the first request on, in any plan. */
export function constantAuditArbitrary(): fc.Arbitrary<AuditDraw> {
  const pause = fc.record({
    // What is read early must be: what happens in between is what it is for.
    side: fc.constantFrom(...SIDES, "payment-early"),
    run: fc.nat({ max: 1_000_000 }),
    lastsMs: fc.integer({ min: 20, max: 2_000 }),
  });
  return auditArbitrary({
    isOn: fc.constant(true),
    runsMax: RUNS_MAX,
    apartOneIn: 1,
    pause: fc.option(pause, { nil: null, freq: 6 }),
  });
}

const RUNS_MAX = 40;

/** Clocks that are set make nothing old so soon. */
const LIMIT_MS = 86_400_000;

/** So long, often, there is something under way after the last request. */
const UNDER_WAY_MS = 1_000;

/** Where there are as many processes, there is no room for another. */
const PROCESSES_MAX = 6;

/** The plan with what was drawn of its comparisons. */
export function withAudit(
  draft: PlanDraft,
  { isOn, beside, runs, crash, pause }: AuditDraw,
): PlanDraft {
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
  const isBeside = beside !== null || topology.length >= PROCESSES_MAX;
  const { name } = isBeside ? demandAt(topology, beside ?? 0) : AUDITOR;
  return {
    ...withRuns,
    topology: isBeside
      ? topology.map((each) =>
          each.name === name ? { ...each, roles: [...each.roles, ...AUDITOR.roles] } : each,
        )
      : [...topology, AUDITOR],
    faults: [
      ...faults,
      ...(isBeside ? [] : layOutTrouble(crash, pause, { loadMs, runs: runs.length })),
    ],
  };
}

/** Of two only one, so that what was planned comes to pass. */
function layOutTrouble(
  crash: AuditDraw["crash"],
  pause: AuditDraw["pause"],
  { loadMs, runs }: { readonly loadMs: number; readonly runs: number },
): readonly Fault[] {
  const process = AUDITOR.name;
  if (pause !== null) {
    const { side, run, lastsMs } = pause;
    const resource = databaseResource(side === "wallet" ? "wallet" : "payment");
    const operation = `reconcile-${side}.connect`;
    const ordinal = 1 + (run % runs);
    const effect = printEffect({ process, incarnation: 1, resource, operation, ordinal });
    return [{ kind: "pause", trigger: { on: "effect", effect, side: "before" }, lastsMs }];
  }
  if (crash === null) {
    return [];
  }
  const { atMs, restartAfterMs } = crash;
  return [{ kind: "crash", trigger: { on: "time", process, atMs: atMs % loadMs }, restartAfterMs }];
}

function demandAt(topology: Topology, index: number): Topology[number] {
  const found = topology[index % topology.length];
  if (found === undefined) {
    throw new Error("a plan has processes");
  }
  return found;
}
