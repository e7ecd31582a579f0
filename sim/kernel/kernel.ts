import { describeStuck } from "./describe-stuck.ts";
import { drainAtOnce, type Drain } from "./drain.ts";
import { EventQueue } from "./event-queue.ts";
import { watchHostResources } from "./host-resources.ts";
import { isInsideSimulation } from "./inside.ts";
import { NotSimulated } from "./not-simulated.ts";
import { ProcessClock } from "./process-clock.ts";
import { Random } from "./random.ts";
import { OutsideSimulation, RunStopped } from "./run-stopped.ts";
import { CallbackEvent, type EventOwner, type ScheduledEvent } from "./scheduled-event.ts";
import { randomAmongReady } from "./scheduling/at-random.ts";
import type { SchedulingStrategyFactory } from "./scheduling/scheduling-strategy.ts";
import { SimulatedProcess, type ProcessExit, type Timer } from "./simulated-process.ts";
import { SimulationBug } from "./simulation-bug.ts";
import { Trace } from "./trace.ts";
import { takeUnhandledRejections } from "./unhandled-rejections.ts";

/** The bounds of one run: beyond them it is taken to be out of hand. */
export interface KernelLimits {
  readonly simulatedMs: number;
  readonly events: number;
}

/** What makes a run: the same options and the same code give the same trace. */
export interface KernelOptions {
  readonly seed: string;
  /** Keep the trace's events, for comparing and for stories; the hash is the same without. */
  readonly recordTrace?: boolean;
  /** Which of several events that are ready goes first; by the seed when left out. */
  readonly scheduling?: SchedulingStrategyFactory;
  readonly drain?: Drain;
  readonly limits?: Partial<KernelLimits>;
}

const DEFAULT_LIMITS: KernelLimits = { simulatedMs: 24 * 60 * 60 * 1_000, events: 50_000_000 };

/** A fresh universe at time zero. It runs once. */
export function createKernel(options: KernelOptions): Kernel {
  return new Kernel(options);
}

/** One thread's universe: a clock, a queue of events, the processes and all randomness. */
export class Kernel {
  readonly random: Random;
  readonly trace: Trace;
  readonly #queue: EventQueue;
  readonly #drain: Drain;
  readonly #limits: KernelLimits;
  readonly #limitUs: number;
  /**
   * The current process of each name; the dead ones keep their incarnation until they are started
   * anew.
   */
  readonly #processes = new Map<string, SimulatedProcess>();
  readonly #clocks = new Map<string, ProcessClock>();
  /** Whose code ran last. */
  #active: SimulatedProcess | undefined;
  #nowUs = 0;
  #step = 0;
  #sequence = 0;
  #state: "new" | "running" | "over" = "new";
  #outcome: { readonly error: unknown } | "succeeded" | undefined;
  /** What of the host is waited for since the run began. */
  #hostResources: () => readonly string[] = () => [];

  constructor(options: KernelOptions) {
    this.random = new Random(options.seed);
    this.trace = new Trace({ clock: this, keep: options.recordTrace ?? false });
    this.#queue = new EventQueue((options.scheduling ?? randomAmongReady)(this.random));
    this.#drain = options.drain ?? drainAtOnce;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#limitUs = this.#limits.simulatedMs * 1_000;
  }

  /** Whole microseconds since the start of the run. */
  get nowUs(): number {
    return this.#nowUs;
  }

  /** How many events have happened so far. */
  get step(): number {
    return this.#step;
  }

  /**
   * Something that will happen after the delay, in whole microseconds; not if it is cancelled, nor
   * if its owner has exited by then. A callback that throws ends the run.
   *
   * With `settlesNothing` the callback promises to settle no promise and to start no async
   * function, as a plain state machine does: then there is nothing to drain, and the next event
   * follows at once.
   */
  schedule(event: {
    delayUs: number;
    actor: string;
    owner?: EventOwner;
    settlesNothing?: boolean;
    callback: () => void;
  }): Timer {
    const scheduled = new CallbackEvent({
      actor: event.actor,
      owner: event.owner,
      settlesNothing: event.settlesNothing ?? false,
      callback: event.callback,
    });
    this.add(scheduled, event.delayUs);
    return scheduled;
  }

  /** As `schedule`, for an event that says itself what happens. */
  add(event: ScheduledEvent, delayUs: number): void {
    if (!Number.isSafeInteger(delayUs) || delayUs < 0) {
      throw new RangeError(
        `a delay is a whole number of microseconds from 0 on, not ${delayUs} (${event.actor})`,
      );
    }
    this.demandInside("a timer or a message", event.actor);
    this.#sequence += 1;
    event.atUs = this.#nowUs + delayUs;
    event.sequence = this.#sequence;
    this.#queue.add(event);
  }

  /**
   * For what simulated code asks for and waits for.
   *
   * @throws OutsideSimulation when the run has begun, and the code that asks runs in a turn of the
   *   host; it ends the run, too
   */
  demandInside(what: string, actor: string): void {
    if (!isInsideSimulation() && this.#state === "running") {
      const error = new OutsideSimulation(what, actor);
      this.fail(error);
      throw error;
    }
  }

  /** The clock of the process of that name, through all its incarnations. */
  clockOf(name: string): ProcessClock {
    let clock = this.#clocks.get(name);
    if (clock === undefined) {
      clock = new ProcessClock(this);
      this.#clocks.set(name, clock);
    }
    return clock;
  }

  /**
   * Starts a process, or restarts one that has exited as its next incarnation. Its main begins as
   * an event of its own. A main that rejects is the end of that process, told to its `onExit`
   * listeners; where there are none it ends the run, for nobody else would notice.
   */
  startProcess(
    name: string,
    main: (process: SimulatedProcess) => Promise<void>,
    onExit?: (exit: ProcessExit) => void,
  ): SimulatedProcess {
    const before = this.#processes.get(name);
    if (before?.isRunning === true) {
      throw new Error(`process ${name} is still running as incarnation ${before.incarnation}`);
    }
    const started = this.#createProcess(name, (before?.incarnation ?? 0) + 1);
    if (onExit !== undefined) {
      started.onExit(onExit);
    }
    this.schedule({
      delayUs: 0,
      actor: name,
      owner: started,
      callback: () => {
        this.trace.record("start", name, "incarnation", started.incarnation);
        this.#active = started;
        main(started).then(
          () => this.#endProcess(started, { kind: "returned" }),
          (error: unknown) => this.#endProcess(started, { kind: "failed", error }),
        );
      },
    });
    return started;
  }

  /** Told by a process whose code is about to run: a rejection does not say whose it is. */
  activate(process: SimulatedProcess): void {
    this.#active = process;
  }

  /** Ends the run with this error, whatever the simulated code catches. The first call counts. */
  fail(error: unknown): void {
    this.#outcome ??= { error };
  }

  /**
   * Runs the universe until main settles, and settles as it did. Main gets a process of its own,
   * named "main".
   *
   * @throws RunStopped when the queue is empty before that or a limit is reached; the error of an
   *   event callback that threw, one given to `fail`, and a rejection of main's that nobody
   *   handled; another process ends with such a rejection, as with a main that rejects
   */
  async run<T>(main: (process: SimulatedProcess) => Promise<T>): Promise<T> {
    if (this.#state !== "new") {
      throw new Error("a kernel runs once: create a new one for every run");
    }
    const release = takeUnhandledRejections((error) => this.#meetRejection(error));
    this.#hostResources = watchHostResources();
    try {
      const results: T[] = [];
      const self = this.#createProcess("main", 1);
      this.schedule({
        delayUs: 0,
        actor: "main",
        callback: () => {
          main(self).then(
            (value) => {
              results.push(value);
              this.#outcome ??= "succeeded";
            },
            (error: unknown) => this.fail(error),
          );
        },
      });
      this.#state = "running";
      await new Promise<void>((resolve) => {
        this.#drain.start(() => {
          const goesOn = this.#takeSteps();
          if (!goesOn) {
            resolve();
          }
          return goesOn;
        });
      });
      if (typeof this.#outcome === "object") {
        throw this.#outcome.error;
      }
      for (const result of results) {
        return result;
      }
      throw new Error("the run ended without an outcome");
    } finally {
      this.#state = "over";
      release();
    }
  }

  #createProcess(name: string, incarnation: number): SimulatedProcess {
    const clock = this.clockOf(name);
    const created = new SimulatedProcess({ host: this, name, incarnation, clock });
    this.#processes.set(name, created);
    created.onExit((exit) => {
      this.trace.record("exit", name, exit.kind, incarnation);
      this.#queue.dropOwned(created);
    });
    return created;
  }

  /** Node ends a process for a rejection that nobody handled. */
  #meetRejection(error: unknown): void {
    const active = this.#active;
    const isOurs = error instanceof NotSimulated || error instanceof SimulationBug;
    if (active?.isRunning === true && !isOurs) {
      this.#endProcess(active, { kind: "failed", error });
    } else {
      this.fail(error);
    }
  }

  #endProcess(ended: SimulatedProcess, exit: ProcessExit): void {
    const listenerCount = ended.end(exit);
    // The trace listens to every process; whoever listens beside it knows what to do about a
    // failure.
    if (exit.kind === "failed" && listenerCount === 1) {
      this.fail(exit.error);
    }
  }

  /** Up to the next event after which promises have to be drained. False once the run is over. */
  #takeSteps(): boolean {
    try {
      while (this.#outcome === undefined) {
        if (!this.#takeStep().settlesNothing) {
          return true;
        }
      }
    } catch (error) {
      this.fail(error);
    }
    return false;
  }

  #takeStep(): ScheduledEvent {
    const event = this.#queue.take();
    if (event === undefined) {
      throw new RunStopped("queue-empty", this.#describeStuck());
    }
    // One that was held up happens later than it was due.
    if (event.atUs > this.#nowUs) {
      this.#nowUs = event.atUs;
    }
    this.#step += 1;
    if (this.#nowUs > this.#limitUs || this.#step > this.#limits.events) {
      throw this.#limitReached();
    }
    event.run();
    return event;
  }

  #describeStuck(): string {
    return describeStuck({
      nowUs: this.#nowUs,
      processes: this.#processes.values(),
      hostResources: this.#hostResources(),
    });
  }

  #limitReached(): RunStopped {
    const { simulatedMs, events } = this.#limits;
    if (this.#step > events) {
      const time = Math.floor(this.#nowUs / 1_000);
      return new RunStopped("event-limit", `${events} events are the limit, reached at ${time} ms`);
    }
    return new RunStopped("time-limit", `${simulatedMs} simulated ms are the limit, main not done`);
  }
}
