import type { PlannedFault } from "../../scenarios/faults/armed-faults.ts";
import type { Plan } from "../../scenarios/plans/plan.ts";
import type { UniverseEvent } from "../../scenarios/world.ts";
import type { Keeper } from "../keeper/keeper.ts";
import type { Seat } from "./seat.ts";

/** Where a fleet runs. `folder` takes its logs and reports, and must be there. */
export interface FleetSite {
  readonly keeper: Keeper;
  readonly plan: Plan;
  readonly folder: string;
  /** What each process is given, by the process's name. */
  readonly seats: ReadonlyMap<string, Seat>;
  /** When the universe began, in milliseconds since the epoch. */
  readonly beganAtMs: number;
}

/** What the members of one fleet share. */
export interface FleetRun {
  readonly site: FleetSite;
  /** What every incarnation of every member runs: a Node program (absolute path). */
  readonly program: string;
  /** Those of the plan that can be made on real servers. */
  readonly faults: readonly PlannedFault[];
  /** Those that have fired, by their places in the plan. */
  readonly fired: Set<number>;
  readonly tell: (event: UniverseEvent) => void;
  /** Ends the whole run: the testbed itself has failed. */
  readonly fail: (error: unknown) => void;
  effects: number;
  /** No incarnation that begins from now on has faults. */
  disarmed: boolean;
  readonly stopping: AbortSignal;
}
