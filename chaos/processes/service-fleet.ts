import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { possibleFaults } from "../../scenarios/faults/armed-faults.ts";
import { triggerOf } from "../../scenarios/faults/fault.ts";
import type { UniverseEvent } from "../../scenarios/world.ts";
import { FleetMember } from "./fleet-member.ts";
import type { FleetRun, FleetSite } from "./fleet-run.ts";
import { REAL_ABILITIES } from "./real-faults.ts";

/**
 * The service processes of one run, each kept running: one that dies starts again after a delay.
 */
export interface ServiceFleet {
  /**
   * Resolves when every process is up, or has ended and will be started again, or has had time
   * enough: what becomes of it is judged.
   */
  begun(): Promise<void>;
  watch(observer: (event: UniverseEvent) => void): void;
  /** What strikes at a time is counted from now. */
  beginLoad(): void;
  /** The faults that have fired, by their places in the plan. */
  fired(): ReadonlySet<number>;
  /**
   * Lets no further fault fire, and resolves when every process is up and goes on, or when the
   * bound has passed: with the names of those that are not.
   */
  heal(boundMs: number): Promise<readonly string[]>;
  /** Rejects when the testbed itself failed (a program that cannot be started); never resolves. */
  readonly failed: Promise<never>;
  /** Effects that have begun, over all processes and incarnations. */
  effects(): number;
  /** Ends every process and resolves when all are gone. */
  stop(): Promise<void>;
}

const POLL_INTERVAL_MS = 20;
const BEGIN_MS_MAX = 60_000;

/** Starts the processes of the plan with its parts and knobs, its faults armed. */
export async function startServiceFleet(site: FleetSite): Promise<ServiceFleet> {
  const stopping = new AbortController();
  const failed = Promise.withResolvers<never>();
  // Whoever drives the run hears of it; nobody does any more when the fleet is being stopped.
  failed.promise.catch(() => {});
  const observers: ((event: UniverseEvent) => void)[] = [];
  const run: FleetRun = {
    site,
    program: join(import.meta.dirname, "child.ts"),
    disarmed: false,
    stopping: stopping.signal,
    faults: possibleFaults(site.plan.faults, REAL_ABILITIES),
    fired: new Set(),
    effects: 0,
    fail: failed.reject,
    tell: (event) => observers.forEach((observer) => observer(event)),
  };
  const members = site.plan.topology.map((specification) => new FleetMember(run, specification));
  const stop = async () => {
    stopping.abort();
    await Promise.all(members.map((member) => member.stop()));
    clearInterval(timer);
  };
  const timer = setInterval(() => {
    try {
      members.forEach((member) => member.hear());
    } catch (error) {
      failed.reject(error);
    }
  }, POLL_INTERVAL_MS);
  try {
    await Promise.all(members.map((member) => member.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    stop,
    failed: failed.promise,
    watch: (observer) => void observers.push(observer),
    beginLoad: () => strikeInTime(run, members),
    fired: () => run.fired,
    effects: () => run.effects,
    async begun() {
      const bound = { boundMs: BEGIN_MS_MAX, stopping: stopping.signal };
      await untilAll(members, bound, (member) => member.hasBegun());
    },
    heal(boundMs) {
      run.disarmed = true;
      const bound = { boundMs, stopping: stopping.signal };
      return untilAll(members, bound, (member) => member.isHealed());
    },
  };
}

/** Timers end with the fleet. */
function strikeInTime(run: FleetRun, members: readonly FleetMember[]): void {
  for (const planned of run.faults) {
    const trigger = triggerOf(planned.fault);
    if (trigger.on === "time") {
      delay(trigger.atMs, undefined, { signal: run.stopping }).then(
        () => members.find(({ name }) => name === trigger.process)?.strike(planned),
        () => {},
      );
    }
  }
}

/** Returns the names of those for which it does not hold when the bound has passed. */
async function untilAll(
  members: readonly FleetMember[],
  { boundMs, stopping }: { readonly boundMs: number; readonly stopping: AbortSignal },
  holds: (member: FleetMember) => boolean,
): Promise<readonly string[]> {
  const deadlineAtMs = Date.now() + boundMs;
  for (;;) {
    const left = members.filter((member) => !holds(member)).map(({ name }) => name);
    if (left.length === 0 || Date.now() > deadlineAtMs) {
      return left;
    }
    await delay(POLL_INTERVAL_MS, undefined, { signal: stopping });
  }
}
