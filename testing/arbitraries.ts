import fc from "fast-check";
import type { Fault } from "../scenarios/faults/fault.ts";
import { LEVELS } from "../scenarios/plans/level.ts";
import type { Plan, WalletOpening } from "../scenarios/plans/plan.ts";
import type { PlanDraft } from "../scenarios/plans/scenario.ts";
import type { Schedule } from "../scenarios/plans/schedule.ts";
import { asksArbitrary } from "../scenarios/workloads/asks.ts";
import {
  burstArbitrary,
  deploymentArbitrary,
  timesInBursts,
  type Deployment,
} from "../scenarios/workloads/deployment.ts";
import { AskLayout } from "../scenarios/workloads/lay-out-asks.ts";
import {
  layOutOutside,
  OUTSIDE_KINDS,
  outsideArbitrary,
  type OutsideDraw,
  type OutsideKind,
} from "../scenarios/workloads/outside-swarm.ts";
import { scheduleArbitrary } from "../scenarios/workloads/schedules.ts";
import {
  SWARM_KINDS,
  swarmArbitrary,
  withSwarm,
  type SwarmKind,
} from "../scenarios/workloads/swarm.ts";

/** What clients do in a plan. */
export type Workload = Pick<Plan, "wallets" | "commands">;

/** What faults are laid out over. */
export type Setting = Workload & Deployment;

const CURRENCY = "OMR";
const WALLETS: readonly WalletOpening[] = ["aisha", "bilal", "hind", "zaid"].map((id) => {
  return { id, funding: "250.000", currency: CURRENCY };
});
const OUTSIDE_MAX = 4;

/**
 * Draws what clients ask for: transfers with border amounts, retries, all that can be asked for
 * besides, about ten a second, in bursts or one by one.
 */
export function workloads({
  wallets = WALLETS,
  commandsMax = 30,
}: { readonly wallets?: readonly WalletOpening[]; readonly commandsMax?: number } = {}) {
  const traders = wallets.map(({ id }) => id);
  return fc
    .record({ asks: asksArbitrary(commandsMax), burst: burstArbitrary })
    .map(({ asks, burst }): Workload => {
      const layout = new AskLayout(wallets, traders, wallets[0]?.currency ?? CURRENCY);
      const timesMs = timesInBursts(
        asks.map(({ gapMs }) => gapMs),
        burst,
      );
      for (const [index, ask] of asks.entries()) {
        layout.add(ask, timesMs[index] ?? 0);
      }
      return { wallets, commands: layout.commands() };
    });
}

/** Draws which processes run, with which roles, and the services' knobs. */
export function deployments(): fc.Arbitrary<Deployment> {
  return deploymentArbitrary(LEVELS.rough);
}

/** Draws which of several events that are ready together goes first. */
export function schedules(): fc.Arbitrary<Schedule> {
  return scheduleArbitrary();
}

/** The kinds of fault that `faults` can draw; it draws of all of them unless it is told. */
export const DRAWN_FAULTS: readonly (SwarmKind | OutsideKind)[] = [
  ...SWARM_KINDS,
  ...OUTSIDE_KINDS,
];

/** Draws faults of these kinds, each at a place or a time of the plan that they are for. */
export function faults(
  kinds: readonly (SwarmKind | OutsideKind)[] = DRAWN_FAULTS,
): (setting: Setting) => fc.Arbitrary<readonly Fault[]> {
  const ofProcesses = SWARM_KINDS.filter((kind) => kinds.includes(kind));
  const ofOutside = OUTSIDE_KINDS.filter((kind) => kinds.includes(kind));
  const swarms =
    ofProcesses.length === 0 ? fc.constant(null) : swarmArbitrary(LEVELS.rough, ofProcesses);
  const outsides: fc.Arbitrary<readonly OutsideDraw[]> =
    ofOutside.length === 0
      ? fc.constant([])
      : fc.array(outsideArbitrary(ofOutside), { maxLength: OUTSIDE_MAX, size: "max" });
  return (setting) => {
    const loadMs = 1 + (setting.commands.at(-1)?.atMs ?? 0);
    return fc
      .record({ swarm: swarms, outside: outsides })
      .map(({ swarm, outside }) => [
        ...(swarm === null ? [] : withSwarm([], swarm, setting.commands, setting)),
        ...outside.map((each) => layOutOutside(each, setting, loadMs)),
      ]);
  };
}

/** Parts of a plan that take the place of those that `plans` draws. */
export interface PlanParts {
  readonly workload?: fc.Arbitrary<Workload>;
  readonly deployment?: fc.Arbitrary<Deployment>;
  readonly faults?: (setting: Setting) => fc.Arbitrary<readonly Fault[]>;
  readonly schedule?: fc.Arbitrary<Schedule>;
}

/**
 * Draws whole plans, without bias towards small values: a seed should mean a full workload. A plan
 * that fails is made smaller itself, as the command line does it; fast-check shrinks none.
 */
export function plans(parts: PlanParts = {}): fc.Arbitrary<PlanDraft> {
  const layFaults = parts.faults ?? faults();
  const setting = fc.record({
    workload: parts.workload ?? workloads(),
    deployment: parts.deployment ?? deployments(),
    schedule: parts.schedule ?? schedules(),
  });
  const drafts = setting.chain(({ workload, deployment, schedule }) =>
    layFaults({ ...workload, ...deployment }).map((laid): PlanDraft => {
      return { ...workload, ...deployment, faults: laid, schedule };
    }),
  );
  return fc.noShrink(fc.noBias(drafts));
}
