import { PostgresError } from "../ground/postgres-error.ts";
import { waitSignal } from "../ground/wait.ts";
import { EXCLUSIVE, type LockMode, SHARE_LOCK } from "../locks/lock.ts";
import type { Execution } from "../rows/execution.ts";
import {
  type AdvisoryKey,
  advisoryKey,
  advisoryKeyOfTwo,
  type AdvisoryRequest,
} from "../rows/session-services.ts";
import type { Sequence } from "../storage/sequence.ts";
import type { Datum } from "../types/datum.ts";
import { str } from "../types/text.ts";
import { int8, num, whole } from "../types/whole.ts";
import { CLOCK_FUNCTIONS } from "./clock-functions.ts";

/**
 * Computes a function that depends on the statement being run: its clock, its session, its locks.
 */
export type ExecutionFunction = (execution: Execution, ...values: Datum[]) => Datum;

/** The functions that depend on the running statement, by PostgreSQL's names for them. */
export const EXECUTION_FUNCTIONS: ReadonlyMap<string, ExecutionFunction> = new Map<
  string,
  ExecutionFunction
>([
  ...CLOCK_FUNCTIONS,
  ...advisoryFunctions(),
  ["pg_current_xact_id", ({ top }) => top.id],
  [
    "nextval_oid",
    ({ execution }, name) => int8(execution.drawFrom(demandSequence(execution, name))),
  ],
  ["currval_oid", currval],
  ["lastval", lastval],
  ["setval_oid", (execution, name, value) => setval(execution, name, whole(value), true)],
  [
    "setval3_oid",
    (execution, name, value, isCalled) => setval(execution, name, whole(value), isCalled === true),
  ],
  // All that is simulated of a snapshot is its xmin.
  ["pg_current_snapshot", ({ session }) => session.snapshotXmin],
  ["pg_advisory_unlock_all", ({ session }) => asVoid(session.unlockAllAdvisory())],
  ["pg_backend_pid", ({ session }) => session.processId],
  ["pg_notify", ({ session }, channel, payload) => notify(session, channel, payload)],
  ["show_config_by_name", ({ session }, name) => session.showSetting(str(name))],
  ["set_config_by_name", setConfig],
]);

/** A function of type void gives an empty text. */
function asVoid(_done: void): Datum {
  return "";
}

function demandSequence({ catalog }: Execution, given: Datum): Sequence {
  const name = str(given);
  const sequence = catalog.findSequence(name);
  if (sequence !== undefined) {
    return sequence;
  }
  throw catalog.findRelation(name) === undefined
    ? new PostgresError("42P01", `relation "${name}" does not exist`)
    : new PostgresError("42809", `"${name}" is not a sequence`);
}

function currval(execution: Execution, name: Datum): Datum {
  const sequence = demandSequence(execution, name);
  const drawn = execution.session.lastDrawn(sequence);
  if (drawn === undefined) {
    const message = `currval of sequence "${sequence.name}" is not yet defined in this session`;
    throw new PostgresError("55000", message);
  }
  return int8(drawn);
}

function lastval({ session }: Execution): Datum {
  const drawn = session.lastDrawn(null);
  if (drawn === undefined) {
    throw new PostgresError("55000", "lastval is not yet defined in this session");
  }
  return int8(drawn);
}

/** do_setval: outside transactions, as drawing is. */
function setval(
  execution: Execution,
  name: Datum,
  given: number | bigint,
  isCalled: boolean,
): Datum {
  const sequence = demandSequence(execution, name);
  const value = BigInt(given);
  execution.lockToDraw(sequence);
  const { min, max } = sequence.options;
  if (value < min || value > max) {
    const message = `setval: value ${value} is out of bounds for sequence "${sequence.name}" (${min}..${max})`;
    throw new PostgresError("22003", message);
  }
  sequence.set(value, isCalled);
  if (isCalled) {
    execution.session.noteSet(sequence, value);
  }
  return int8(value);
}

function notify(session: Execution["session"], channel: Datum, payload: Datum): Datum {
  const text = payload === null ? "" : str(payload);
  return asVoid(session.notify(channel === null ? "" : str(channel), text));
}

function setConfig({ session }: Execution, name: Datum, value: Datum, local: Datum): Datum {
  if (name === null) {
    return null;
  }
  session.changeSetting(str(name), value === null ? null : str(value), local === true);
  return session.showSetting(str(name));
}

/** pg_advisory_lock and its kin: for both scopes, both modes, both forms of a key. */
function advisoryFunctions(): [string, ExecutionFunction][] {
  const functions: [string, ExecutionFunction][] = [];
  const keys: readonly [string, (first: Datum, second: Datum) => AdvisoryKey][] = [
    ["int8", (key) => advisoryKey(BigInt(whole(key)))],
    ["int4", (first, second) => advisoryKeyOfTwo(num(first), num(second))],
  ];
  const modes: readonly [string, LockMode][] = [
    ["", EXCLUSIVE],
    ["_shared", SHARE_LOCK],
  ];
  for (const [type, keyOf] of keys) {
    for (const [suffix, mode] of modes) {
      const ending = `lock${suffix}_${type}`;
      const lock = (request: AdvisoryRequest): ExecutionFunction => {
        return ({ session }, first = null, second = null) => {
          const taken = session.lockAdvisory(keyOf(first, second), mode, request);
          if (!request.wait) {
            return taken;
          }
          if (!taken) {
            throw waitSignal;
          }
          return "";
        };
      };
      functions.push(
        [`pg_advisory_${ending}`, lock({ scope: "session", wait: true })],
        [`pg_advisory_xact_${ending}`, lock({ scope: "transaction", wait: true })],
        [`pg_try_advisory_${ending}`, lock({ scope: "session", wait: false })],
        [`pg_try_advisory_xact_${ending}`, lock({ scope: "transaction", wait: false })],
        [
          `pg_advisory_un${ending}`,
          ({ session }, first = null, second = null) =>
            session.unlockAdvisory(keyOf(first, second), mode),
        ],
      );
    }
  }
  return functions;
}
