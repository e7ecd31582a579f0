import { setTimeout as delay } from "node:timers/promises";
import type { PlannedFault } from "../../scenarios/faults/armed-faults.ts";
import type { ProcessSpecification } from "../../scenarios/plans/topology.ts";
import type { Exit } from "../keeper/keeper-messages.ts";
import type { ChildReport } from "./child-report.ts";
import type { FleetRun } from "./fleet-run.ts";
import { startIncarnation, type Incarnation } from "./incarnation.ts";
import { RealFaults } from "./real-faults.ts";
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
  readonly #faults: RealFaults;
  #hasBegun = false;
  #story: Promise<void> = Promise.resolve();

  constructor(run: FleetRun, specification: ProcessSpecification) {
    this.name = specification.name;
    this.#run = run;
    this.#specification = specification;
    this.#faults = new RealFaults(run, specification.name);
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
      if (incarnation.restartAfterMs === undefined) {
        const reason = await reasonOf(exit, incarnation.process.logFile);
        this.#tell({ kind: "exit", reason });
      }
      await this.#wait(incarnation.restartAfterMs ?? RESTART_DELAY_MS);
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
  async #untilExit(incarnation: Incarnation): Promise<Exit> {
    const { process: kept, reports } = incarnation;
    const exit = await kept.exited;
    try {
      this.hear();
    } finally {
      incarnation.up = false;
      incarnation.gone = true;
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
        // One that was told to stop during its start is not up for long.
        incarnation.up = incarnation.restartAfterMs === undefined;
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
      case "note": {
        const { note } = report;
        return this.#run.tell({ kind: "note", atMs, process: this.name, note });
      }
      case "fault":
        return this.#faults.hear({ ...report, atMs }, incarnation);
    }
  }

  /**
   * A fault strikes at its time. A process that is down then cannot be struck: the fault does not
   * fire.
   */
  strike(planned: PlannedFault): void {
    const incarnation = this.#present;
    if (incarnation?.gone === false && !this.#run.disarmed) {
      this.#faults.strike(planned, incarnation);
    }
  }

  #nowMs(): number {
    return Date.now() - this.#run.site.beganAtMs;
  }

  #tell(event: { readonly kind: "restart" } | { readonly kind: "exit"; readonly reason: string }) {
    this.#run.tell({
      ...event,
      atMs: this.#nowMs(),
      process: this.name,
    });
  }

  /** Up for the first time, or past it. */
  hasBegun(): boolean {
    return this.#hasBegun;
  }

  /**
   * Up, going on, and without faults. An incarnation that is up and still armed is asked to disarm,
   * once.
   */
  isHealed(): boolean {
    const incarnation = this.#present;
    if (incarnation === undefined || !incarnation.up || incarnation.pauses > 0) {
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
    const kept = this.#present?.process;
    // A process that is stopped would take no leave.
    kept?.signal("SIGCONT");
    await kept?.stop();
    await this.#story;
  }
}
