import type { Plan } from "../../scenarios/plans/plan.ts";
import { withoutTail } from "../../scenarios/plans/schedule.ts";
import type { SystemPromise } from "../../scenarios/promises/system-promise.ts";
import { brokenPromises, runPlan, type Outcome } from "../../scenarios/runs/run-plan.ts";
import { Enumeration, type EnumerationBounds } from "../kernel/scheduling/enumeration.ts";
import { fifo } from "../kernel/scheduling/fifo.ts";
import { createSimulatedWorld, type SimulatedWorldOptions } from "./world.ts";

export interface ScheduleTrial {
  readonly plan: Plan;
  readonly promises: readonly SystemPromise[];
  readonly bounds: EnumerationBounds;
  /** So many schedules are tried at most. */
  readonly runsMax: number;
  /** Ends the trial in the run in hand, which is not counted. */
  readonly signal?: AbortSignal;
  /** For tests, as in `SimulatedWorldOptions`. */
  readonly parts?: SimulatedWorldOptions["parts"];
}

export interface TriedSchedules {
  readonly tried: number;
  /** How many there are within the bounds, as far as is known. */
  readonly known: number;
  /** Whether every schedule within the bounds was tried. */
  readonly isWhole: boolean;
  /** Whether runs had more choices than the bounds say. */
  readonly isCut: boolean;
  /** How many different traces they left. */
  readonly traces: number;
  /** The first run in which a promise broke; its plan lists its schedule. */
  readonly broken: Outcome | null;
}

/** Runs one plan with every schedule within the bounds, depth first, until a promise breaks. */
export async function trySchedules(trial: ScheduleTrial): Promise<TriedSchedules> {
  const { plan, promises, bounds, runsMax, signal, parts } = trial;
  const enumeration = new Enumeration(bounds);
  const traces = new Set<string | null>();
  let scheduling = enumeration.next();
  const world = await createSimulatedWorld({
    scheduling: () => scheduling ?? fifo,
    ...(signal === undefined ? {} : { signal }),
    parts,
  });
  let tried = 0;
  let broken: Outcome | null = null;
  while (scheduling !== undefined && tried < runsMax && broken === null) {
    const outcome = await runPlan(world, plan, promises);
    tried += 1;
    traces.add(outcome.traceHash);
    if (brokenPromises(outcome).length > 0) {
      const choices = withoutTail(enumeration.chosen);
      const schedule = { kind: "listed", choices, windowUs: bounds.windowUs } as const;
      broken = { ...outcome, plan: { ...plan, schedule } };
    } else if (tried < runsMax) {
      scheduling = enumeration.next();
    }
  }
  const { known, isCut } = enumeration;
  const isWhole = scheduling === undefined;
  return { tried, known, isWhole, isCut, traces: traces.size, broken };
}
