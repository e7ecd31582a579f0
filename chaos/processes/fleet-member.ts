import { setTimeout as delay } from "node:timers/promises";
import type { CrashFault } from "../../scenarios/plans/plan.ts";
import type { ProcessSpecification } from "../../scenarios/plans/topology.ts";
import type { Exit } from "../keeper/keeper-messages.ts";
import type { ChildReport } from "./child-report.ts";
import type { FleetRun } from "./fleet-run.ts";
import { startIncarnation, type Incarnation } from "./incarnation.ts";
import { reasonOf } from "./service-process.ts";

/**
 * As a supervisor waits before it starts a process again that ended by itself; for as long as the
 * run lasts.
 */
const RESTART_DELAY_MS = 500;

/**
 * One process of the topology, kept running: an incarnation that ends is followed by the next,
 * until the fleet is stopped.
 */
export class FleetMember {
  readonly name: string;
  readonly #run: FleetRun;
  readonly #specification: ProcessSpecification;
  /** How many incarnations there were, the present one included. */
  #incarnations = 0;
  /** None before the first, between two and after the last. */
  #present: Incarnation | undefined;
  #hasBegun = false;
  #story: Promise<void> = Promise.resolve();

  constructor(run: FleetRun, specification: ProcessSpecification) {
    this.name = specification.name;
    this.#run = run;
    this.#specification = specification;
  }

  /**
   * Resolves when the first incarnation was started; all else goes on in the background.
   *
   * @throws Error when it cannot be started
   */
  async start(): Promise<void> {
    const first = this.#startNext();
    this.#story = this.#keepRunning(first).catch(this.#run.fail);
    await first;
  }

  async #keepRunning(first: Promise<Incarnation>): Promise<void> {
    let incarnation = await first;
    for (;;) {
      const exit = await this.#untilExit(incarnation);
      if (this.#run.stopping.aborted) {
        return;
      }
      if (incarnation.crash === undefined) {
        const reason = await reasonOf(exit, incarnation.process.logFile);
        this.#tell({ kind: "exit", reason });
      }
      await this.#wait(incarnation.crash?.restartAfterMs ?? RESTART_DELAY_MS);
      if (this.#run.stopping.aborted) {
        return;
      }
      incarnation = await this.#startNext();
      this.#tell({ kind: "restart" });
    }
  }

  async #startNext(): Promise<Incarnation> {
    this.#incarnations += 1;
    const next = await startIncarnation(this.#run, this.#specification, this.#incarnations);
    this.#present = next;
    // The fleet was stopped meanwhile: `stop` saw no incarnation yet, so it is ended here.
    if (this.#run.stopping.aborted) {
      await next.process.stop();
    }
    return next;
  }

  /** Resolves when the incarnation is gone and all that it said was heard. */
  async #untilExit({ process: kept, reports }: Incarnation): Promise<Exit> {
    const exit = await kept.exited;
    try {
      this.hear();
    } finally {
      reports.close();
      this.#present = undefined;
      this.#hasBegun = true;
    }
    return exit;
  }

  async #wait(delayMs: number): Promise<void> {
    // It rejects only when the fleet is stopped; whoever waits looks for that afterwards.
    await delay(delayMs, undefined, { signal: this.#run.stopping }).catch(() => {});
  }

  /** Takes what the present incarnation has reported since the last call. */
  hear(): void {
    const incarnation = this.#present;
    if (incarnation !== undefined) {
      incarnation.reports.read().forEach((report) => this.#take(report, incarnation));
    }
  }

  #take(report: ChildReport, incarnation: Incarnation): void {
    const atMs = report.atMs - this.#run.site.beganAtMs;
    switch (report.kind) {
      case "up":
        incarnation.up = true;
        this.#hasBegun = true;
        return;
      case "disarmed":
        incarnation.armed = false;
        return;
      case "effect":
        this.#run.effects += 1;
        return;
      case "delivery": {
        const { record } = report;
        return this.#run.tell({ kind: "delivery", atMs, process: this.name, record });
      }
      case "crash": {
        const fault = this.#faultOf(report);
        this.#run.fired.push(fault);
        this.#doPart(fault, incarnation);
        return this.#run.tell({ kind: "crash", atMs, process: this.name, fault });
      }
    }
  }

  /** A fault has fired in the process; what is left for the member to do is done here. */
  #doPart(fault: CrashFault, incarnation: Incarnation): void {
    // The process kills itself; the next incarnation waits for as long as the fault says.
    incarnation.crash = fault;
  }

  #faultOf({ effect, when }: { readonly effect: string; readonly when: string }): CrashFault {
    const { faults } = this.#run.site.plan;
    const fault = faults.find((each) => each.effect === effect && each.when === when);
    if (fault === undefined) {
      throw new Error(`${this.name} died ${when} ${effect}, which no plan asked for`);
    }
    return fault;
  }

  #tell(event: { readonly kind: "restart" } | { readonly kind: "exit"; readonly reason: string }) {
    this.#run.tell({
      ...event,
      atMs: Date.now() - this.#run.site.beganAtMs,
      process: this.name,
    });
  }

  /** Up for the first time, or past it. */
  hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Up and without faults. An incarnation that is up and still armed is asked to disarm, once. */
  isHealed(): boolean {
    const incarnation = this.#present;
    if (incarnation === undefined || !incarnation.up) {
      return false;
    }
    if (incarnation.armed && !incarnation.asked) {
      incarnation.asked = true;
      incarnation.process.signal("SIGUSR2");
    }
    return !incarnation.armed;
  }

  /** Ends the process and resolves when it is gone. The run's `stopping` is aborted before. */
  async stop(): Promise<void> {
    await this.#present?.process.stop();
    await this.#story;
  }
}
