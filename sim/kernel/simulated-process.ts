import type { ProcessClock } from "./process-clock.ts";
import type { Random, RandomStream } from "./random.ts";
import { CallbackEvent, type ScheduledEvent } from "./scheduled-event.ts";
import { Sleep, Wait, WaitList } from "./wait.ts";

/** How a process came to its end. */
export type ProcessExit =
  | { readonly kind: "crashed" }
  | { readonly kind: "returned" }
  | { readonly kind: "failed"; readonly error: unknown };

/** A timer that may be called off; calling it off after it fired does nothing. */
export interface Timer {
  cancel(): void;
}

/** What a process needs of the kernel that runs it. */
export interface ProcessHost {
  readonly random: Random;
  activate(process: SimulatedProcess): void;
  /** Puts an event into the queue, so many whole microseconds from now. */
  add(event: ScheduledEvent, delayUs: number): void;
  /** @throws OutsideSimulation in a turn of the host */
  demandInside(what: string, actor: string): void;
}

/**
 * A process of the simulated world: it waits only through `promise` and `sleep`, and once it has
 * exited nothing that it waited for ever settles. No catch, no finally of it runs: it is dead, as
 * after SIGKILL.
 */
export class SimulatedProcess {
  readonly name: string;
  /** 1 for the first start under this name, one more for every restart. */
  readonly incarnation: number;
  /** Of the machine that it runs on: its next incarnation has the same. */
  readonly clock: ProcessClock;
  readonly #host: ProcessHost;
  readonly #waits: WaitList;
  readonly #exitListeners = new Set<(exit: ProcessExit) => void>();
  #exit: ProcessExit | undefined;
  #pauses = 0;

  constructor(options: {
    host: ProcessHost;
    name: string;
    incarnation: number;
    clock: ProcessClock;
  }) {
    this.#host = options.host;
    this.clock = options.clock;
    this.#waits = new WaitList(() => this.activate());
    this.name = options.name;
    this.incarnation = options.incarnation;
  }

  get isRunning(): boolean {
    return this.#exit === undefined;
  }

  /** How it ended; undefined while it runs. */
  get exit(): ProcessExit | undefined {
    return this.#exit;
  }

  /**
   * Whole milliseconds since the start of the run, by this process's own clock: it may be wrong, go
   * back, and be below 0.
   */
  nowMs(): number {
    return Math.floor(this.clock.nowUs() / 1_000);
  }

  /** Randomness of this incarnation's own, by what it is for. */
  stream(purpose: string, entity = ""): RandomStream {
    return this.#host.random.stream(purpose, `${this.name}.${this.incarnation}/${entity}`);
  }

  /**
   * Settles after that many milliseconds by its own clock; a fraction counts in whole microseconds.
   */
  sleep(delayMs: number): Promise<void> {
    const sleep = new Sleep(this.name, this, this.#waits);
    if (this.isRunning) {
      this.#host.add(sleep, this.#delayUs(delayMs));
      this.#waits.add(sleep);
    }
    return sleep.promise;
  }

  /** Calls back once after the delay, unless cancelled or the process has exited by then. */
  after(delayMs: number, callback: () => void): Timer {
    const event = new CallbackEvent({
      actor: this.name,
      owner: this,
      settlesNothing: false,
      callback: () => {
        this.activate();
        callback();
      },
    });
    if (this.isRunning) {
      this.#host.add(event, this.#delayUs(delayMs));
    }
    return event;
  }

  /** Of the run, for a timer of this process. */
  #delayUs(delayMs: number): number {
    return this.clock.trueDelayUs(Math.round(delayMs * 1_000));
  }

  /**
   * The one way in which simulated code waits for the outside. `waitingFor` names it in the report
   * of a run that got stuck. An executor that throws rejects the promise, as with any promise.
   */
  promise<T>(
    waitingFor: string,
    executor: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
  ): Promise<T> {
    this.#host.demandInside(waitingFor, this.name);
    const wait = this.wait<T>(waitingFor);
    // Asked for by a dead process: nobody will ever learn.
    if (!this.isRunning) {
      return wait.promise;
    }
    try {
      executor(
        (value) => wait.resolve(value),
        (error) => wait.reject(error),
      );
    } catch (error) {
      wait.reject(error);
    }
    return wait.promise;
  }

  /**
   * As `promise`, settled through the object that is returned: for who waits at every event of the
   * network.
   */
  wait<T>(waitingFor: string): Wait<T> {
    const wait = new Wait<T>(waitingFor, this.#waits);
    if (this.isRunning) {
      this.#waits.add(wait);
    }
    return wait;
  }

  /** Code of the process is about to run: what it leaves unhandled is its own. */
  activate(): void {
    this.#host.activate(this);
  }

  get isPaused(): boolean {
    return this.#waits.held !== null;
  }

  /** Does something in the process: at once, or when it goes on if it is paused. */
  act(callback: () => void): void {
    if (this.#waits.held === null) {
      callback();
    } else {
      this.#waits.held.push(callback);
    }
  }

  /**
   * Stops it as SIGSTOP does: whatever it waits for, its timers included, settles only once it
   * goes on. It is counted: a process paused twice goes on when it was resumed twice.
   */
  pause(): void {
    this.#pauses += 1;
    this.#waits.held ??= [];
  }

  /** Lets it go on: what came meanwhile comes now, in the order in which it came. */
  resume(): void {
    this.#pauses = Math.max(0, this.#pauses - 1);
    if (this.#pauses > 0) {
      return;
    }
    const held = this.#waits.held ?? [];
    this.#waits.held = null;
    for (const callback of held) {
      // One of them may end the process, or pause it again.
      if (this.isRunning) {
        this.act(callback);
      }
    }
  }

  /**
   * Ends it at once, in the middle of whatever it does. A process that has already exited stays as
   * it is.
   */
  crash(): void {
    this.end({ kind: "crashed" });
  }

  /**
   * Told once, when it ends in whichever way; at once if it already has. Returns how to stop
   * listening.
   */
  onExit(listener: (exit: ProcessExit) => void): () => void {
    if (this.#exit === undefined) {
      this.#exitListeners.add(listener);
    } else {
      listener(this.#exit);
    }
    return () => {
      this.#exitListeners.delete(listener);
    };
  }

  /** Its end, told by the kernel. Returns how many listeners learned of it. */
  end(exit: ProcessExit): number {
    if (this.#exit !== undefined) {
      return 0;
    }
    this.#exit = exit;
    this.#waits.held = null;
    for (const wait of this.#waits.takeAll()) {
      wait.abandon();
    }
    const listeners = [...this.#exitListeners];
    this.#exitListeners.clear();
    for (const listener of listeners) {
      listener(exit);
    }
    return listeners.length;
  }

  /** What it waits for right now, by the names given to `promise`. */
  pending(): readonly string[] {
    return this.#waits.all().map((wait) => wait.waitingFor);
  }
}
