import { ForeignSchema } from "../database/migrate.ts";
import { messageOf } from "../ports/message-of.ts";
import { within } from "../ports/within.ts";
import type { Knobs } from "./knobs.ts";
import type { Parts } from "./parts.ts";
import type { Role } from "./services.ts";
import { startRoles, type ProcessPorts, type RunningProcess } from "./start-roles.ts";

/** How a process ended: told to, or by itself, with the reason. */
export type ProcessEnd =
  | { readonly kind: "stopped" }
  | {
      /** `foreign-schema`: a database was made by other code; only other code can change that. */
      readonly kind: "cannot-start" | "foreign-schema" | "cannot-go-on";
      readonly reason: string;
    };

/** Databases that are busy are closed after this, whatever still runs in them. */
export const CLOSE_MS_MAX = 5_000;

/**
 * The life of one process: starts its roles and runs them until it is interrupted or one of them
 * cannot go on, then finishes what is in hand. It ends within a bound after the interruption,
 * whatever is away, and says how. A server that is away, at the start or later, is waited for.
 */
export async function runProcess(request: {
  readonly roles: readonly Role[];
  readonly ports: ProcessPorts;
  readonly parts: Parts;
  readonly knobs: Knobs;
  /** Resolves when the process is asked to stop. */
  readonly interrupted: Promise<void>;
  /** Called when every role has what it needs, and works. */
  readonly onStarted: () => void;
  /** Closes what the ports hold open. */
  readonly close: () => Promise<void>;
}): Promise<ProcessEnd> {
  const { roles, ports, parts, knobs, interrupted, onStarted, close } = request;
  const { clock, telemetry } = ports;
  let running: RunningProcess;
  try {
    running = await startRoles(roles, ports, parts, knobs);
  } catch (error) {
    return { kind: "cannot-start", reason: messageOf(error) };
  }
  let isStarted = false;
  void running.started.then((hasStarted) => {
    if (hasStarted) {
      isStarted = true;
      telemetry.event("process.started", { roles: roles.join(",") });
      onStarted();
    }
  });
  const end = await Promise.race([
    interrupted.then((): ProcessEnd => ({ kind: "stopped" })),
    endOf(running, () => isStarted),
  ]);
  if (end.kind !== "stopped") {
    telemetry.event(`process.${end.kind}`, { reason: end.reason });
  }
  const unfinished = await running.stop();
  await within(clock, CLOSE_MS_MAX, close());
  telemetry.event("process.stopped", { unfinished: unfinished.join(",") });
  return end;
}

async function endOf({ ended }: RunningProcess, isStarted: () => boolean): Promise<ProcessEnd> {
  try {
    await ended;
    return { kind: "stopped" };
  } catch (error) {
    const reason = messageOf(error);
    if (error instanceof ForeignSchema) {
      return { kind: "foreign-schema", reason };
    }
    return { kind: isStarted() ? "cannot-go-on" : "cannot-start", reason };
  }
}
