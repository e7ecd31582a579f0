import { Type, type Static } from "typebox";
import { Value } from "typebox/value";

const signalName = Type.Union([
  Type.Literal("SIGTERM"),
  Type.Literal("SIGKILL"),
  Type.Literal("SIGQUIT"),
  Type.Literal("SIGINT"),
  Type.Literal("SIGSTOP"),
  Type.Literal("SIGCONT"),
]);

const processRequest = Type.Object({
  name: Type.String({ minLength: 1 }),
  command: Type.String({ minLength: 1 }),
  arguments: Type.Array(Type.String()),
  environment: Type.Record(Type.String(), Type.String()),
  folder: Type.String({ minLength: 1 }),
  logFile: Type.String({ minLength: 1 }),
  user: Type.Union([Type.Null(), Type.Object({ uid: Type.Integer(), gid: Type.Integer() })]),
  farewell: Type.Object({ signal: signalName, graceMs: Type.Integer({ minimum: 0 }) }),
});

const exit = Type.Union([
  Type.Object({ kind: Type.Literal("exited"), code: Type.Integer() }),
  Type.Object({ kind: Type.Literal("signalled"), signal: Type.String() }),
]);

const keeperRequest = Type.Union([
  Type.Object({ kind: Type.Literal("start"), id: Type.Integer(), process: processRequest }),
  Type.Object({ kind: Type.Literal("signal"), id: Type.Integer(), signal: signalName }),
  Type.Object({ kind: Type.Literal("stop"), id: Type.Integer() }),
  Type.Object({ kind: Type.Literal("end") }),
]);

const keeperReport = Type.Union([
  Type.Object({ kind: Type.Literal("ready"), folder: Type.String() }),
  Type.Object({ kind: Type.Literal("started"), id: Type.Integer(), pid: Type.Integer() }),
  Type.Object({ kind: Type.Literal("not-started"), id: Type.Integer(), reason: Type.String() }),
  Type.Object({ kind: Type.Literal("exited"), id: Type.Integer(), exit }),
]);

/** The signals that the testbed sends; SIGSTOP and SIGCONT make and wake a zombie. */
export type SignalName = Static<typeof signalName>;

/**
 * One operating-system process to be started by the keeper.
 * `environment` is the whole environment, nothing is inherited. `user` null runs it as the keeper's own user.
 * `farewell` is how it is stopped: the signal, then SIGKILL for its whole process group after `graceMs`.
 * Standard output and error are appended to `logFile`.
 */
export type ProcessRequest = Static<typeof processRequest>;

/** How a process ended: by itself with a code, or by a signal. */
export type Exit = Static<typeof exit>;

/** What the runner asks of the keeper. */
export type KeeperRequest = Static<typeof keeperRequest>;

/** What the keeper tells the runner. */
export type KeeperReport = Static<typeof keeperReport>;

/** Reads a request that came over the channel; throws with the first mismatch when it is not one. */
export function parseKeeperRequest(message: unknown): KeeperRequest {
  if (Value.Check(keeperRequest, message)) return message;
  throw new Error(`not a request to the keeper: ${JSON.stringify(message)}`);
}

/** Reads a report that came over the channel; throws when it is not one. */
export function parseKeeperReport(message: unknown): KeeperReport {
  if (Value.Check(keeperReport, message)) return message;
  throw new Error(`not a report of the keeper: ${JSON.stringify(message)}`);
}
