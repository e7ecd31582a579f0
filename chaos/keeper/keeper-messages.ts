/**
 * What the runner and the keeper say to one another. Read by hand and not by a schema, because
 * loading a schema library would take 0.3 s, six times as long as the keeper's whole start.
 */

const SIGNAL_NAMES = [
  "SIGTERM",
  "SIGKILL",
  "SIGQUIT",
  "SIGINT",
  "SIGSTOP",
  "SIGCONT",
  "SIGUSR2",
] as const;

/**
 * The signals that the testbed sends. SIGSTOP and SIGCONT make and wake a zombie; SIGUSR2 tells a
 * service process to let the faults rest that have not fired.
 */
export type SignalName = (typeof SIGNAL_NAMES)[number];

/**
 * One operating-system process to be started by the keeper. `environment` is the whole environment,
 * nothing is inherited. `user` null runs it as the keeper's own user. `farewell` is how it is
 * stopped: the signal, then SIGKILL for its whole process group after `graceMs`. Standard output
 * and error are appended to `logFile`.
 */
export interface ProcessRequest {
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly logFile: string;
  readonly user: { readonly uid: number; readonly gid: number } | null;
  readonly farewell: { readonly signal: SignalName; readonly graceMs: number };
}

/** How a process ended: by itself with a code, or by a signal. */
export type Exit =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signalled"; readonly signal: string };

/** What the runner asks of the keeper. */
export type KeeperRequest =
  | { readonly kind: "start"; readonly id: number; readonly process: ProcessRequest }
  | { readonly kind: "signal"; readonly id: number; readonly signal: SignalName }
  | { readonly kind: "stop"; readonly id: number }
  | { readonly kind: "end" };

/** What the keeper tells the runner. */
export type KeeperReport =
  | { readonly kind: "ready"; readonly folder: string }
  | { readonly kind: "started"; readonly id: number; readonly pid: number }
  | { readonly kind: "not-started"; readonly id: number; readonly reason: string }
  | { readonly kind: "exited"; readonly id: number; readonly exit: Exit };

/** Reads a request that came over the channel; throws when it is not one, naming the field. */
export function parseKeeperRequest(message: unknown): KeeperRequest {
  const request = record(message, "a request to the keeper");
  const kind = request["kind"];
  switch (kind) {
    case "end":
      return { kind };
    case "stop":
      return { kind, id: whole(request, "id") };
    case "signal":
      return { kind, id: whole(request, "id"), signal: signalName(request) };
    case "start":
      return { kind, id: whole(request, "id"), process: parseProcess(request["process"]) };
    default:
      throw new Error(`a request to the keeper is of no known kind: ${String(kind)}`);
  }
}

/** Reads a report that came over the channel; throws when it is not one, naming the field. */
export function parseKeeperReport(message: unknown): KeeperReport {
  const report = record(message, "a report of the keeper");
  const kind = report["kind"];
  switch (kind) {
    case "ready":
      return { kind, folder: text(report, "folder") };
    case "started":
      return { kind, id: whole(report, "id"), pid: whole(report, "pid") };
    case "not-started":
      return { kind, id: whole(report, "id"), reason: text(report, "reason") };
    case "exited":
      return { kind, id: whole(report, "id"), exit: parseExit(report["exit"]) };
    default:
      throw new Error(`a report of the keeper is of no known kind: ${String(kind)}`);
  }
}

function parseProcess(value: unknown): ProcessRequest {
  const request = record(value, "process");
  const farewell = record(request["farewell"], "farewell");
  const user = request["user"] === null ? null : record(request["user"], "user");
  return {
    name: text(request, "name"),
    command: text(request, "command"),
    arguments: texts(request["arguments"], "arguments"),
    environment: textByName(record(request["environment"], "environment")),
    folder: text(request, "folder"),
    logFile: text(request, "logFile"),
    user: user === null ? null : { uid: whole(user, "uid"), gid: whole(user, "gid") },
    farewell: { signal: signalName(farewell), graceMs: whole(farewell, "graceMs") },
  };
}

function parseExit(value: unknown): Exit {
  const exit = record(value, "exit");
  const kind = exit["kind"];
  if (kind === "exited") {
    return { kind, code: whole(exit, "code") };
  }
  if (kind === "signalled") {
    return { kind, signal: text(exit, "signal") };
  }
  throw new Error(`an exit is of no known kind: ${String(kind)}`);
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null) {
    throw new Error(`${what} is not an object`);
  }
  return { ...value };
}

function text(from: Record<string, unknown>, name: string): string {
  const value = from[name];
  if (typeof value === "string") {
    return value;
  }
  throw new Error(`${name} is not a text: ${String(value)}`);
}

function whole(from: Record<string, unknown>, name: string): number {
  const value = from[name];
  if (typeof value === "number" && Number.isSafeInteger(value)) {
    return value;
  }
  throw new Error(`${name} is not a whole number: ${String(value)}`);
}

function signalName(from: Record<string, unknown>): SignalName {
  const value = from["signal"];
  const known = SIGNAL_NAMES.find((name) => name === value);
  if (known !== undefined) {
    return known;
  }
  throw new Error(`signal is none of ${SIGNAL_NAMES.join(", ")}: ${String(value)}`);
}

function texts(value: unknown, name: string): string[] {
  if (!Array.isArray(value)) {
    throw new Error(`${name} is not a list`);
  }
  return value.map((item: unknown) => text({ [name]: item }, name));
}

function textByName(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.keys(values).map((name) => [name, text(values, name)]));
}
