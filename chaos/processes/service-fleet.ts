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
  /** Resolves when every process is up, or has ended and will be started again. */
  begun(): Promise<void>;
  watch(observer: (event: UniverseEvent) => void): void;
  /** What strikes at a time is counted from now. */
  beginLoad(): void;
  /** The faults that have fired, by their places in the plan. */
  fired(): ReadonlySet<number>;
  /** Lets no further fault fire, and resolves when every process is up. @throws Error in the end */
  heal(): Promise<void>;
  /** Rejects when the testbed itself failed (a program that cannot be started); never resolves. */
  readonly failed: Promise<never>;
  /** Effects that have begun, over all processes and incarnations. */
  effects(): number;
  /** Ends every process and resolves when all are gone. */
  stop(): Promise<void>;
}

const POLL_INTERVAL_MS = 20;
const HEAL_MS_MAX = 60_000;

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
    begun: () => untilAll(members, stopping.signal, (member) => member.hasBegun()),
    async heal() {
      run.disarmed = true;
      await untilAll(members, stopping.signal, (member) => member.isHealed());
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

async function untilAll(
  members: readonly FleetMember[],
  stopping: AbortSignal,
  holds: (member: FleetMember) => boolean,
): Promise<void> {
  const deadlineAtMs = Date.now() + HEAL_MS_MAX;
  while (!members.every(holds)) {
    if (Date.now() > deadlineAtMs) {
      const names = members.filter((member) => !holds(member)).map((member) => member.name);
      throw new Error(`not up within ${HEAL_MS_MAX} ms: ${names.join(", ")}; their logs say why`);
    }
    await delay(POLL_INTERVAL_MS, undefined, { signal: stopping });
  }
}
