import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Exit, SignalName } from "../keeper/keeper-messages.ts";
import type { Keeper, KeptProcess } from "../keeper/keeper.ts";

/**
 * One service process: a Node program of ours.
 * `environment` is added to PATH, HOME and the like; it is all that the program is told.
 * `terminationMs` bounds how long SIGTERM may take before SIGKILL follows.
 */
export interface ServiceRequest {
  readonly name: string;
  readonly program: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly terminationMs: number;
}

/** One life of a service process, from start to exit; the first has `incarnation` 1. */
export interface Life {
  readonly incarnation: number;
  readonly pid: number;
  /** Resolves once this life is over; never rejects. */
  readonly exited: Promise<Exit>;
}

/** A service process over all its lives. */
export interface Supervised {
  readonly name: string;
  /** Standard output and error of all its lives, in order. */
  readonly logFile: string;
  /** The present life, or the last one. */
  readonly life: Life;
  /** How the earlier lives ended, oldest first. */
  readonly exits: readonly Exit[];
  signal(signal: SignalName): void;
  /** SIGKILL; resolves once it is gone. */
  kill(): Promise<Exit>;
  /** SIGTERM, then SIGKILL after the bound; resolves once it is gone. */
  terminate(): Promise<Exit>;
  /**
   * Waits for the present life to end, then `delayMs`, then starts the next life. `environment` is
   * asked for at that moment and laid over the first life's, so what was decided during the wait
   * counts. Resolves with the new life, or with undefined when the supervisor was stopped in
   * between.
   */
  restartAfter(
    delayMs: number,
    environment?: () => Readonly<Record<string, string>>,
  ): Promise<Life | undefined>;
}

/** Starts, watches, restarts and ends the service processes of a run. */
export interface Supervisor {
  start(request: ServiceRequest): Promise<Supervised>;
  /**
   * Ends every process and cancels every restart that is waiting. Nothing can be started
   * afterwards.
   */
  stop(): Promise<void>;
}

/**
 * Makes a supervisor whose processes write `NAME.log` into `logsFolder` and end with `keeper`'s
 * run.
 */
export function createSupervisor(parts: {
  readonly keeper: Keeper;
  readonly logsFolder: string;
}): Supervisor {
  const stopping = new AbortController();
  const supervised = new Map<string, SupervisedProcess>();
  return {
    async start(request) {
      if (stopping.signal.aborted) {
        throw new Error(`cannot start ${request.name}: the supervisor was stopped`);
      }
      if (supervised.has(request.name)) {
        throw new Error(`a process named ${request.name} was started before`);
      }
      const logFile = join(parts.logsFolder, `${request.name}.log`);
      const one = new SupervisedProcess({
        keeper: parts.keeper,
        request,
        logFile,
        stopping: stopping.signal,
      });
      await one.begin(request.environment);
      supervised.set(request.name, one);
      return one;
    },
    async stop() {
      stopping.abort();
      await Promise.all([...supervised.values()].map((one) => one.end()));
    },
  };
}

class SupervisedProcess implements Supervised {
  readonly name: string;
  readonly logFile: string;
  readonly #keeper: Keeper;
  readonly #request: ServiceRequest;
  readonly #stopping: AbortSignal;
  readonly #exits: Exit[] = [];
  #lives = 0;
  #present: KeptProcess | undefined;

  constructor(parts: {
    readonly keeper: Keeper;
    readonly request: ServiceRequest;
    readonly logFile: string;
    readonly stopping: AbortSignal;
  }) {
    this.name = parts.request.name;
    this.logFile = parts.logFile;
    this.#keeper = parts.keeper;
    this.#request = parts.request;
    this.#stopping = parts.stopping;
  }

  get life(): Life {
    const { pid, exited } = this.#process();
    return { incarnation: this.#lives, pid, exited };
  }

  get exits(): readonly Exit[] {
    return this.#exits;
  }

  signal(signal: SignalName): void {
    this.#process().signal(signal);
  }

  kill(): Promise<Exit> {
    this.signal("SIGKILL");
    return this.#process().exited;
  }

  terminate(): Promise<Exit> {
    return this.#process().stop();
  }

  async restartAfter(
    delayMs: number,
    environment: () => Readonly<Record<string, string>> = () => ({}),
  ): Promise<Life | undefined> {
    await this.#process().exited;
    try {
      await delay(delayMs, undefined, { signal: this.#stopping });
    } catch {
      // The only way a delay rejects: the supervisor was stopped, and what is stopped stays down.
      return undefined;
    }
    await this.begin({ ...this.#request.environment, ...environment() });
    return this.life;
  }

  async begin(environment: Readonly<Record<string, string>>): Promise<void> {
    this.#present = await this.#keeper.start({
      name: this.name,
      command: process.execPath,
      // kafkajs arms a timer with a negative delay on every connection, and Node warns of it.
      arguments: [
        "--disable-warning=TimeoutNegativeWarning",
        this.#request.program,
        ...this.#request.arguments,
      ],
      environment: { ...inherited(), ...environment },
      folder: this.#keeper.folder,
      logFile: this.logFile,
      user: null,
      farewell: { signal: "SIGTERM", graceMs: this.#request.terminationMs },
    });
    this.#lives += 1;
    void this.#present.exited.then((exit) => this.#exits.push(exit));
    // It was stopped while it was starting: `stop` saw no process yet, so it is ended here.
    if (this.#stopping.aborted) {
      await this.end();
    }
  }

  async end(): Promise<void> {
    await this.#present?.stop();
  }

  #process(): KeptProcess {
    if (this.#present === undefined) {
      throw new Error(`${this.name} was never started`);
    }
    return this.#present;
  }
}

/**
 * A service sees what it is given, so that a run does not depend on the machine; these four it
 * cannot do without.
 */
function inherited(): Record<string, string> {
  const names = ["PATH", "HOME", "TMPDIR", "LANG"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
