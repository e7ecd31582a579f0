import { setTimeout as delay } from "node:timers/promises";
import type { PlannedFault } from "../../scenarios/faults/armed-faults.ts";
import type { FaultPhase, WorldAbility } from "../../scenarios/faults/fault-kind.ts";
import { demandProcessFault, firesWith } from "../../scenarios/faults/fault.ts";
import type { FleetRun } from "./fleet-run.ts";
import type { Incarnation } from "./incarnation.ts";

/** What can be done to a real process. */
export const REAL_ABILITIES: ReadonlySet<WorldAbility> = new Set([
  "kill",
  "stop",
  "pause",
  "lose-reply-at-gate",
  "fail-at-gate",
]);

/**
 * The faults of one process of the fleet, as the runner does its part in them: those at an effect
 * strike in the process itself, which reports them; those at a time strike from here, by a signal.
 */
export class RealFaults {
  readonly #run: FleetRun;
  readonly #process: string;

  constructor(run: FleetRun, process: string) {
    this.#run = run;
    this.#process = process;
  }

  /** A fault has struck in the process, or has ended there. */
  hear(
    report: { readonly index: number; readonly phase: FaultPhase; readonly atMs: number },
    incarnation: Incarnation,
  ): void {
    const planned = this.#faultAt(report.index);
    this.#tell(planned, report.phase, report.atMs);
    const fault = demandProcessFault(planned.fault);
    switch (fault.kind) {
      case "crash":
        // The process kills itself; the next incarnation waits for as long as the fault says.
        incarnation.restartAfterMs = fault.restartAfterMs;
        return;
      case "pause":
        // The process stops itself; it cannot wake itself, and says so when it was woken.
        if (report.phase === "begin") {
          this.#pause(incarnation, fault.lastsMs, () => {});
        }
        return;
      case "stop":
        this.#takeLeave(fault.restartAfterMs, incarnation);
        return;
      case "lost-reply":
      case "transient-error":
        return;
    }
  }

  /** A fault strikes now, from outside. */
  strike(planned: PlannedFault, incarnation: Incarnation): void {
    const fault = demandProcessFault(planned.fault);
    this.#tell(planned, "begin");
    switch (fault.kind) {
      case "crash":
        incarnation.restartAfterMs = fault.restartAfterMs;
        return incarnation.process.signal("SIGKILL");
      case "pause":
        incarnation.process.signal("SIGSTOP");
        return this.#pause(incarnation, fault.lastsMs, () => this.#tell(planned, "end"));
      case "stop":
        this.#takeLeave(fault.restartAfterMs, incarnation);
        return incarnation.process.signal("SIGTERM");
      case "lost-reply":
      case "transient-error":
        throw new Error("a reply is lost at an effect, not at a time");
    }
  }

  /** It finishes what it has in hand, and is not up any more. */
  #takeLeave(restartAfterMs: number, incarnation: Incarnation): void {
    incarnation.up = false;
    incarnation.restartAfterMs = restartAfterMs;
  }

  #faultAt(index: number): PlannedFault {
    const planned = this.#run.faults.find((each) => each.index === index);
    if (planned === undefined) {
      throw new Error(`${this.#process} reports the fault ${index}, which no plan asked for`);
    }
    return planned;
  }

  #tell(
    { fault, index }: PlannedFault,
    phase: FaultPhase,
    atMs = Date.now() - this.#run.site.beganAtMs,
  ): void {
    if (firesWith(fault, phase)) {
      this.#run.fired.add(index);
    }
    this.#run.tell({ kind: "fault", atMs, process: this.#process, fault, index, phase });
  }

  /**
   * Lets a process that is stopped go on after a time, when no other pause of it lasts longer. One
   * that was killed meanwhile never goes on; when the fleet is stopped, none does.
   */
  #pause(incarnation: Incarnation, lastsMs: number, onEnd: () => void): void {
    incarnation.pauses += 1;
    const end = () => {
      incarnation.pauses -= 1;
      if (!incarnation.gone) {
        onEnd();
        if (incarnation.pauses === 0) {
          incarnation.process.signal("SIGCONT");
        }
      }
    };
    delay(lastsMs, undefined, { signal: this.#run.stopping }).then(end, () => {});
  }
}
