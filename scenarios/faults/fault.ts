import Type from "typebox";
import type { FaultKind, FaultPhase, WorldAbility } from "./fault-kind.ts";
import { crashKind, type CrashFault } from "./kinds/crash.ts";
import { lostReplyKind, type LostReplyFault } from "./kinds/lost-reply.ts";
import { pauseKind, type PauseFault } from "./kinds/pause.ts";
import { stopKind, type StopFault } from "./kinds/stop.ts";
import { transientErrorKind, type TransientErrorFault } from "./kinds/transient-error.ts";
import { complaintAboutTrigger, type Trigger } from "./trigger.ts";

/** What a plan does to the services. A kind is added here and in a file of `kinds/`. */
export type Fault = CrashFault | LostReplyFault | PauseFault | StopFault | TransientErrorFault;

/** Every kind of fault, in the order in which reports name them. */
export const FAULT_KINDS: readonly Pick<
  FaultKind<never>,
  "kind" | "noun" | "sentence" | "needs"
>[] = [crashKind, lostReplyKind, pauseKind, stopKind, transientErrorKind];

export const faultSchema = Type.Union([
  crashKind.schema,
  lostReplyKind.schema,
  pauseKind.schema,
  stopKind.schema,
  transientErrorKind.schema,
]);

/** When and where a fault begins. */
export function triggerOf(fault: Fault): Trigger {
  return told(fault, (kind, each) => kind.triggerOf(each));
}

/** The same fault elsewhere; as it was where it cannot begin so. */
export function placedAt(fault: Fault, trigger: Trigger): Fault {
  switch (fault.kind) {
    case "crash":
    case "pause":
    case "stop":
      return { ...fault, trigger };
    case "lost-reply":
    case "transient-error":
      return trigger.on === "effect" ? { ...fault, effect: trigger.effect } : fault;
  }
}

/** What is wrong with a fault in itself, or undefined. */
export function complaintAboutFault(fault: Fault): string | undefined {
  return (
    complaintAboutTrigger(triggerOf(fault)) ?? told(fault, (kind, each) => kind.complaint(each))
  );
}

/** How a phase of the fault is told; undefined for what is told otherwise. */
export function tellFault(fault: Fault, phase: FaultPhase): string | undefined {
  return told(fault, (kind, each) =>
    phase === "begin" ? kind.tellBegin(each) : kind.tellEnd?.(each),
  );
}

/** How long the fault keeps a process from its work, at most. */
export function outageMs(fault: Fault): number {
  return told(fault, (kind, each) => kind.outageMs(each));
}

/** Whether the fault counts as fired once this phase was seen. */
export function firesWith(fault: Fault, phase: FaultPhase): boolean {
  return told(fault, (kind) => kind.firesWith === phase);
}

/** What the fault needs and a world has not; empty when the world can do it. */
export function lacking(
  fault: Fault,
  abilities: ReadonlySet<WorldAbility>,
): readonly WorldAbility[] {
  return told(fault, (kind) => kind.needs.filter((need) => !abilities.has(need)));
}

/** Asks a fault's own kind. The one place that goes from a fault to its kind. */
function told<Answer>(
  fault: Fault,
  ask: <Each extends Fault>(kind: FaultKind<Each>, fault: Each) => Answer,
): Answer {
  switch (fault.kind) {
    case "crash":
      return ask(crashKind, fault);
    case "lost-reply":
      return ask(lostReplyKind, fault);
    case "pause":
      return ask(pauseKind, fault);
    case "stop":
      return ask(stopKind, fault);
    case "transient-error":
      return ask(transientErrorKind, fault);
  }
}
