import { ForeignSchema } from "../database/migrate.ts";
import { messageOf } from "../ports/message-of.ts";
import { within } from "../ports/within.ts";
import type { Knobs } from "./knobs.ts";
import type { Parts } from "./parts.ts";
import type { Role } from "./services.ts";
import { startRoles, STOP_MS_MAX, type ProcessPorts, type RunningProcess } from "./start-roles.ts";

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
 * whatever is away, and says how.
 *
 * An interruption during the start counts as well: roles that answer already have work in hand.
 */
export async function runProcess(request: {
  readonly roles: readonly Role[];
  readonly ports: ProcessPorts;
  readonly parts: Parts;
  readonly knobs: Knobs;
  /** Resolves when the process is asked to stop. */
  readonly interrupted: Promise<void>;
  readonly onStarted: () => void;
  /** Closes what the ports hold open. */
  readonly close: () => Promise<void>;
}): Promise<ProcessEnd> {
  const { roles, ports, parts, knobs, interrupted, onStarted, close } = request;
  const { clock, telemetry } = ports;
  const starting = startRoles(roles, ports, parts, knobs).then((running) => {
    telemetry.event("process.started", { roles: roles.join(",") });
    onStarted();
    return running;
  });
  const overdue = interrupted.then(() => clock.sleep(STOP_MS_MAX));
  let running: RunningProcess | undefined;
  try {
    running = await Promise.race([starting, overdue.then(() => undefined)]);
  } catch (error) {
    const kind = error instanceof ForeignSchema ? "foreign-schema" : "cannot-start";
    return { kind, reason: messageOf(error) };
  }
  if (running === undefined) {
    return { kind: "cannot-start", reason: "it was told to stop while it waited for a server" };
  }
  const end = await Promise.race([
    interrupted.then((): ProcessEnd => ({ kind: "stopped" })),
    endOf(running),
  ]);
  if (end.kind === "cannot-go-on") {
    telemetry.event("process.cannot-go-on", { reason: end.reason });
  }
  const unfinished = await running.stop();
  await within(clock, CLOSE_MS_MAX, close());
  telemetry.event("process.stopped", { unfinished: unfinished.join(",") });
  return end;
}

async function endOf({ ended }: RunningProcess): Promise<ProcessEnd> {
  try {
    await ended;
    return { kind: "stopped" };
  } catch (error) {
    return { kind: "cannot-go-on", reason: messageOf(error) };
  }
}
