import {
  ArmedFaults,
  possibleFaults,
  type PlannedFault,
} from "../../scenarios/faults/armed-faults.ts";
import type { GateVerdict } from "../../scenarios/faults/effect-gate.ts";
import type { FaultPhase, WorldAbility } from "../../scenarios/faults/fault-kind.ts";
import {
  demandProcessFault,
  firesWith,
  isOutside,
  type Fault,
  type OutsideFault,
} from "../../scenarios/faults/fault.ts";
import { whomOf } from "../../scenarios/faults/trigger.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import { createOutsideFaults } from "./outside-faults.ts";
import type { Servers } from "./servers.ts";

/** What can be done to a simulated process, and around it. */
export const SIMULATED_ABILITIES: ReadonlySet<WorldAbility> = new Set([
  "kill",
  "stop",
  "pause",
  "lose-reply-at-gate",
  "fail-at-gate",
  "restart-servers",
  "cut-links",
  "hold-links",
  "slow-links",
  "refuse-connections",
  "reset-connections",
  "send-as-stranger",
  "rewind-groups",
  "end-backends",
  "limit-connections",
  "hold-locks",
  "fill-disks",
  "slow-disks",
  "set-clocks",
  "write-past-services",
]);

/** The faults of a plan, and how they are done to simulated processes and around them. */
export interface SimulatedFaults {
  readonly armed: ArmedFaults;
  /** A fault strikes in a process: does its part, and says what shall happen at the gate. */
  strike(planned: PlannedFault, process: SimulatedProcess): GateVerdict;
  /** From now on faults strike at their times; `find` gives the process of a name that runs. */
  beginLoad(find: (name: string) => SimulatedProcess | undefined): void;
  /** Those that have fired, by their places in the plan. */
  fired(): ReadonlySet<number>;
  /** Whether one that struck outside of the processes has not ended. */
  isSomethingAmiss(): boolean;
}

export function createSimulatedFaults(
  servers: Servers,
  faults: readonly Fault[],
  supervisor: {
    readonly restartLater: (process: string, delayMs: number) => void;
    /** Tells a process to stop; it is started again that long after it has ended. */
    readonly interrupt: (process: SimulatedProcess, restartAfterMs: number) => void;
  },
): SimulatedFaults {
  const { kernel } = servers;
  const armed = new ArmedFaults(possibleFaults(faults, SIMULATED_ABILITIES));
  const fired = new Set<number>();
  const beginOutside = createOutsideFaults(servers);
  let amiss = 0;

  const tellPhase = (planned: PlannedFault, process: string, phase: FaultPhase): void => {
    const { fault, index } = planned;
    if (firesWith(fault, phase)) {
      fired.add(index);
    }
    const atMs = Math.floor(kernel.nowUs / 1_000);
    servers.tell({ kind: "fault", atMs, process, fault, index, phase });
  };

  const crash = (process: SimulatedProcess, restartAfterMs: number): GateVerdict => {
    supervisor.restartLater(process.name, restartAfterMs);
    process.crash();
    // A dead process's promise: it never settles.
    return { kind: "die", death: process.promise("death", () => {}) };
  };

  const pause = (
    planned: PlannedFault,
    process: SimulatedProcess,
    lastsMs: number,
  ): GateVerdict => {
    process.pause();
    const until = process.promise<void>("the end of its pause", (resolve) => {
      wakeAfter(kernel, lastsMs, () => {
        // Killed meanwhile, it never goes on.
        if (process.isRunning) {
          tellPhase(planned, process.name, "end");
          process.resume();
          resolve();
        }
      });
    });
    return { kind: "hold", until };
  };

  const strike = (planned: PlannedFault, process: SimulatedProcess): GateVerdict => {
    const fault = demandProcessFault(planned.fault);
    tellPhase(planned, process.name, "begin");
    switch (fault.kind) {
      case "crash":
        return crash(process, fault.restartAfterMs);
      case "pause":
        return pause(planned, process, fault.lastsMs);
      case "stop":
        supervisor.interrupt(process, fault.restartAfterMs);
        return { kind: "pass" };
      case "lost-reply":
        return { kind: "lose-reply" };
      case "transient-error":
        return { kind: "fail", code: fault.code };
    }
  };

  const strikeOutside = (planned: PlannedFault, fault: OutsideFault, whom: string): void => {
    if (!armed.isOn) {
      return;
    }
    const end = beginOutside({ fault, index: planned.index });
    if (end === undefined) {
      wakeAfter(kernel, AGAIN_AFTER_MS, () => strikeOutside(planned, fault, whom));
      return;
    }
    tellPhase(planned, whom, "begin");
    if ("lastsMs" in fault) {
      amiss += 1;
      wakeAfter(kernel, fault.lastsMs, () => {
        amiss -= 1;
        end();
        tellPhase(planned, whom, "end");
      });
    }
  };

  return {
    armed,
    strike,
    isSomethingAmiss: () => amiss > 0,
    beginLoad(find) {
      for (const { trigger, ...planned } of armed.takeTimed()) {
        const { fault } = planned;
        wakeAfter(kernel, trigger.atMs, () => {
          if (isOutside(fault)) {
            strikeOutside(planned, fault, whomOf(trigger));
            return;
          }
          const process = find(whomOf(trigger));
          // A process that is down at the time cannot be struck: the fault does not fire.
          if (process !== undefined && armed.isOn) {
            strike(planned, process);
          }
        });
      }
    },
    fired: () => fired,
  };
}

/** How often it is looked whether what a fault needs is there. */
const AGAIN_AFTER_MS = 10;

function wakeAfter(kernel: Kernel, delayMs: number, callback: () => void): void {
  kernel.schedule({ delayUs: delayMs * 1_000, actor: "faults", callback });
}
