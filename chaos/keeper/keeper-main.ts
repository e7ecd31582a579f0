/**
 * The keeper: a process of its own, in a session of its own, that is the parent of every server and
 * service process of a run. It owns the run's temporary folder. When the channel to the runner
 * closes, for whatever reason (stop, crash, SIGKILL), it stops everything it started, removes the
 * folder and exits. A parent that outlives the runner is needed because no handler runs in a
 * process that is SIGKILLed.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  parseKeeperRequest,
  type Exit,
  type KeeperReport,
  type KeeperRequest,
  type ProcessRequest,
} from "./keeper-messages.ts";

interface Kept {
  readonly child: ChildProcess;
  readonly request: ProcessRequest;
  readonly exited: Promise<void>;
}

const kept = new Map<number, Kept>();
let ending = false;

const folder = mkdtempSync(join(tmpdir(), "falconpay-"));
// PostgreSQL runs as a user of its own: it must be able to walk through this folder into its own.
chmodSync(folder, 0o711);

process.on("message", (message) => handle(parseKeeperRequest(message)));
process.on("disconnect", () => void end(0));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => void end(0));
}
process.on("uncaughtException", (error) => {
  console.error("the keeper of the run's processes failed:", error);
  void end(70);
});
report({ kind: "ready", folder });

function handle(request: KeeperRequest): void {
  switch (request.kind) {
    case "start":
      return start(request.id, request.process);
    case "signal":
      return signalOne(kept.get(request.id), request.signal);
    case "stop":
      return void stop(kept.get(request.id));
    case "end":
      return void end(0);
  }
}

function start(id: number, request: ProcessRequest): void {
  if (ending) {
    return report({ kind: "not-started", id, reason: "the run is ending" });
  }
  let log: number;
  try {
    log = openSync(request.logFile, "a");
  } catch (error) {
    return report({ kind: "not-started", id, reason: String(error) });
  }
  const child = spawn(request.command, [...request.arguments], {
    cwd: request.folder,
    env: request.environment,
    stdio: ["ignore", log, log],
    // A group of its own, so that what it starts itself can be killed with it.
    detached: true,
    ...request.user,
  });
  closeSync(log);
  const exited = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      if (child.pid !== undefined) {
        return;
      }
      kept.delete(id);
      report({ kind: "not-started", id, reason: error.message });
      resolve();
    });
    child.once("exit", (code, signal) => {
      killGroup(child);
      kept.delete(id);
      report({ kind: "exited", id, exit: exitOf(code, signal) });
      resolve();
    });
  });
  kept.set(id, { child, request, exited });
  if (child.pid !== undefined) {
    report({ kind: "started", id, pid: child.pid });
  }
}

function exitOf(code: number | null, signal: string | null): Exit {
  return signal === null ? { kind: "exited", code: code ?? 0 } : { kind: "signalled", signal };
}

async function stop(one: Kept | undefined): Promise<void> {
  if (one === undefined) {
    return;
  }
  const { signal, graceMs } = one.request.farewell;
  // A stopped process would sit on any signal but SIGKILL: wake it first.
  signalOne(one, "SIGCONT");
  signalOne(one, signal);
  const timer = setTimeout(() => killGroup(one.child), graceMs);
  await one.exited;
  clearTimeout(timer);
}

async function end(code: number): Promise<void> {
  if (ending) {
    return;
  }
  ending = true;
  await Promise.all([...kept.values()].map(stop));
  // A backend of a server that was killed may still write its last file while we remove: hence the
  // retries.
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  process.exit(code);
}

function signalOne(one: Kept | undefined, signal: NodeJS.Signals): void {
  one?.child.kill(signal);
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) {
    return;
  }
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // No such group: everything in it is gone already, which is what was wanted.
  }
}

function report(message: KeeperReport): void {
  // The runner may be gone: then nobody needs the report, and `disconnect` does the rest.
  if (process.connected) {
    process.send?.(message, undefined, undefined, () => {});
  }
}
