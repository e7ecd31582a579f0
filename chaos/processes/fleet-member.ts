import { join } from "node:path";
import type { CrashFault, Plan } from "../../scenarios/plans/plan.ts";
import type { ProcessSpecification } from "../../scenarios/plans/topology.ts";
import type { UniverseEvent } from "../../scenarios/world.ts";
import type { Environment } from "../environment/environment.ts";
import type { Exit } from "../keeper/keeper-messages.ts";
import { readLog, wordsFor } from "../keeper/process-log.ts";
import { childEnvironment } from "./child-environment.ts";
import type { ChildReport } from "./child-report.ts";
import { openReportReader, type ReportReader } from "./report-reader.ts";
import type { Supervised } from "./supervisor.ts";

/**
 * As a supervisor waits before it starts a process again that ended by itself; for as long as the
 * run lasts.
 */
const RESTART_DELAY_MS = 500;

/** Where a fleet runs. `folder` takes its logs and reports, and must be there. */
export interface FleetSite {
  readonly environment: Environment;
  readonly plan: Plan;
  readonly folder: string;
  /** Where each process answers its clients, by the process's name. */
  readonly httpPorts: ReadonlyMap<string, number>;
  /** When the universe began, in milliseconds since the epoch. */
  readonly beganAtMs: number;
}

/** What the members of one fleet share. */
export interface FleetRun {
  readonly site: FleetSite;
  readonly fired: CrashFault[];
  readonly tell: (event: UniverseEvent) => void;
  /** Ends the whole run: the testbed itself has failed. */
  readonly fail: (error: unknown) => void;
  effects: number;
  /** No life that begins from now on has faults. */
  disarmed: boolean;
  readonly stopping: AbortSignal;
}

/** One process of the topology, over all its lives, as its fleet keeps it. */
export class FleetMember {
  readonly name: string;
  readonly #run: FleetRun;
  readonly #specification: ProcessSpecification;
  #supervised: Supervised | undefined;
  #reader: ReportReader | undefined;
  #incarnation = 0;
  #life: { up: boolean; armed: boolean; told: boolean; crash: CrashFault | undefined } = {
    up: false,
    armed: false,
    told: false,
    crash: undefined,
  };

  constructor(run: FleetRun, specification: ProcessSpecification) {
    this.name = specification.name;
    this.#run = run;
    this.#specification = specification;
  }

  /** Up for the first time, or past it. */
  hasBegun(): boolean {
    return this.#life.up || this.#incarnation > 1 || (this.#supervised?.exits.length ?? 0) > 0;
  }

  /** Up and without faults. A life that is up and still armed is told to disarm, once. */
  isHealed(): boolean {
    if (this.#life.up && this.#life.armed && !this.#life.told) {
      this.#life.told = true;
      this.#supervised?.signal("SIGUSR2");
    }
    return this.#life.up && !this.#life.armed;
  }

  /** The environment of the life that is about to begin; opens its report. */
  nextEnvironment(): Record<string, string> {
    const { plan, environment, folder, httpPorts } = this.#run.site;
    this.#incarnation += 1;
    const reportFile = join(folder, `${this.name}-${this.#incarnation}.report`);
    const faults = this.#run.disarmed ? [] : plan.faults;
    this.#reader?.close();
    this.#reader = openReportReader(reportFile);
    this.#life = { up: false, armed: faults.length > 0, told: false, crash: undefined };
    return childEnvironment({
      specification: this.#specification,
      environment,
      knobs: plan.knobs,
      httpPort: httpPorts.get(this.name) ?? 0,
      orders: {
        process: this.name,
        incarnation: this.#incarnation,
        reportFile,
        mutant: plan.mutant,
        faults,
      },
    });
  }

  /** Follows the process from its first start on, in the background, until the fleet is stopped. */
  keepRunning(supervised: Supervised): void {
    this.#supervised = supervised;
    this.#follow(supervised).catch(this.#run.fail);
  }

  hear(): void {
    for (const report of this.#reader?.read() ?? []) {
      this.#take(report);
    }
  }

  close(): void {
    this.#reader?.close();
    this.#reader = undefined;
  }

  async #follow(supervised: Supervised): Promise<void> {
    for (;;) {
      const exit = await supervised.life.exited;
      this.hear();
      this.#life.up = false;
      if (this.#run.stopping.aborted) {
        return;
      }
      const { crash } = this.#life;
      if (crash === undefined) {
        await this.#tellExit(exit, supervised.logFile);
      }
      // The environment is made at the last moment: faults may have been disarmed during the wait.
      const life = await supervised.restartAfter(crash?.restartAfterMs ?? RESTART_DELAY_MS, () =>
        this.nextEnvironment(),
      );
      if (life === undefined) {
        return;
      }
      this.#tell({ kind: "restart" });
    }
  }

  #take(report: ChildReport): void {
    const atMs = report.atMs - this.#run.site.beganAtMs;
    switch (report.kind) {
      case "up":
        this.#life.up = true;
        return;
      case "disarmed":
        this.#life.armed = false;
        return;
      case "effect":
        this.#run.effects += 1;
        return;
      case "delivery":
        return this.#run.tell({
          kind: "delivery",
          atMs,
          process: this.name,
          record: report.record,
        });
      case "crash": {
        const fault = this.#faultOf(report);
        this.#life.crash = fault;
        this.#run.fired.push(fault);
        return this.#run.tell({ kind: "crash", atMs, process: this.name, fault });
      }
    }
  }

  #faultOf({ effect, when }: { readonly effect: string; readonly when: string }): CrashFault {
    const { faults } = this.#run.site.plan;
    const fault = faults.find((each) => each.effect === effect && each.when === when);
    if (fault === undefined) {
      throw new Error(`${this.name} died ${when} ${effect}, which no plan asked for`);
    }
    return fault;
  }

  async #tellExit(exit: Exit, logFile: string): Promise<void> {
    const lines = (await readLog(logFile)).split("\n");
    const complaint =
      lines.findLast((line) => /^\w*Error\b/.test(line)) ?? "its log does not say why";
    this.#tell({ kind: "exit", reason: `ended ${wordsFor(exit)}: ${complaint}` });
  }

  #tell(event: { readonly kind: "restart" } | { readonly kind: "exit"; readonly reason: string }) {
    this.#run.tell({
      ...event,
      atMs: Date.now() - this.#run.site.beganAtMs,
      process: this.name,
    });
  }
}
