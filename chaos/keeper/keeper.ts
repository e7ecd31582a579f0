import { spawn, type ChildProcess } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  parseKeeperReport,
  type Exit,
  type KeeperReport,
  type KeeperRequest,
  type ProcessRequest,
  type SignalName,
} from "./keeper-messages.ts";

/** A process that the keeper started and watches. */
export interface KeptProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves once the process is gone; never rejects. */
  readonly exited: Promise<Exit>;
  /** Sends one signal and returns at once; nothing happens when the process is gone. */
  signal(signal: SignalName): void;
  /** Stops it as its `farewell` says and resolves once it is gone; SIGKILL bounds the wait. */
  stop(): Promise<Exit>;
}

/** The parent of every process of a run: they end when the runner does, however it ends. */
export interface Keeper {
  /** The run's temporary folder (absolute); removed at the end. */
  readonly folder: string;
  /** Starts a process; rejects with the reason when it cannot be started. */
  start(request: ProcessRequest): Promise<KeptProcess>;
  /** Stops everything, removes the folder, resolves when both are done. May be called twice. */
  end(): Promise<void>;
}

interface Pending {
  readonly request: ProcessRequest;
  readonly started: PromiseWithResolvers<KeptProcess>;
  readonly exited: PromiseWithResolvers<Exit>;
  pid: number | undefined;
}

/**
 * Starts the keeper, one per run. It runs in a session of its own, so Ctrl-C in a terminal does not
 * reach it: it ends when `end` is called or when the calling process is gone.
 */
export async function startKeeper(): Promise<Keeper> {
  const main = fileURLToPath(new URL("./keeper-main.ts", import.meta.url));
  const child = spawn(process.execPath, [main], {
    detached: true,
    // Standard error is shared with the runner: whoever reads it to its end knows that the cleaning
    // is done.
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  // Both, since reports may still lie in the channel when the process is gone.
  const gone = Promise.all([
    new Promise((resolve) => child.once("exit", resolve)),
    new Promise((resolve) => child.once("disconnect", resolve)),
  ]);
  const pending = new Map<number, Pending>();
  const folder = await new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the keeper did not start: exit code ${code}`)));
    child.on("message", (message) => {
      const report = parseKeeperReport(message);
      if (report.kind === "ready") {
        resolve(report.folder);
      } else {
        settle({ pending, report, send: (request) => send(child, request) });
      }
    });
  });
  void gone.then(() => abandon(pending, folder));
  return new KeeperOverChannel({ child, folder, gone, pending });
}

class KeeperOverChannel implements Keeper {
  readonly folder: string;
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;
  readonly #pending: Map<number, Pending>;
  #lastId = 0;

  constructor(parts: {
    readonly child: ChildProcess;
    readonly folder: string;
    readonly gone: Promise<unknown>;
    readonly pending: Map<number, Pending>;
  }) {
    this.folder = parts.folder;
    this.#child = parts.child;
    this.#gone = parts.gone;
    this.#pending = parts.pending;
  }

  start(request: ProcessRequest): Promise<KeptProcess> {
    if (!this.#child.connected) {
      return Promise.reject(new Error(`cannot start ${request.name}: the run has ended`));
    }
    this.#lastId += 1;
    const one = {
      request,
      started: Promise.withResolvers<KeptProcess>(),
      exited: Promise.withResolvers<Exit>(),
      pid: undefined,
    };
    this.#pending.set(this.#lastId, one);
    send(this.#child, { kind: "start", id: this.#lastId, process: request });
    return one.started.promise;
  }

  async end(): Promise<void> {
    if (this.#child.connected) {
      send(this.#child, { kind: "end" });
    }
    await this.#gone;
  }
}

function send(child: ChildProcess, request: KeeperRequest): void {
  // A keeper that is gone has taken its processes with it; `exited` tells their owners.
  if (child.connected) {
    child.send(request, () => {});
  }
}

function settle(parts: {
  readonly pending: Map<number, Pending>;
  readonly report: Exclude<KeeperReport, { kind: "ready" }>;
  readonly send: (request: KeeperRequest) => void;
}): void {
  const { pending, report } = parts;
  const one = pending.get(report.id);
  if (one === undefined) {
    return;
  }
  switch (report.kind) {
    case "not-started":
      pending.delete(report.id);
      return one.started.reject(
        new Error(`${one.request.name} could not be started: ${report.reason}`),
      );
    case "exited":
      pending.delete(report.id);
      return one.exited.resolve(report.exit);
    case "started":
      one.pid = report.pid;
      return one.started.resolve({
        name: one.request.name,
        pid: report.pid,
        logFile: one.request.logFile,
        exited: one.exited.promise,
        signal: (signal) => parts.send({ kind: "signal", id: report.id, signal }),
        stop: () => {
          parts.send({ kind: "stop", id: report.id });
          return one.exited.promise;
        },
      });
  }
}

/**
 * When the keeper itself was killed its processes are orphans, and the runner is the last that
 * knows them; when it ended as it should there is nothing left to do here.
 */
function abandon(pending: Map<number, Pending>, folder: string): void {
  for (const one of pending.values()) {
    one.started.reject(new Error(`${one.request.name} could not be started: the keeper is gone`));
    if (one.pid !== undefined) {
      killGroup(one.pid);
    }
    one.exited.resolve({ kind: "signalled", signal: "SIGKILL" });
  }
  pending.clear();
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Already gone.
  }
}
