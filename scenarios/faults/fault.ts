import Type from "typebox";
import type { FaultKind, FaultPhase, WorldAbility } from "./fault-kind.ts";
import { clockJumpKind, type ClockJumpFault } from "./kinds/clock-jump.ts";
import { crashKind, type CrashFault } from "./kinds/crash.ts";
import { cutLinkKind, type CutLinkFault } from "./kinds/cut-link.ts";
import { endedBackendsKind, type EndedBackendsFault } from "./kinds/ended-backends.ts";
import { fewConnectionsKind, type FewConnectionsFault } from "./kinds/few-connections.ts";
import { fullDiskKind, type FullDiskFault } from "./kinds/full-disk.ts";
import { heldLinkKind, type HeldLinkFault } from "./kinds/held-link.ts";
import { heldLockKind, type HeldLockFault } from "./kinds/held-lock.ts";
import { lostReplyKind, type LostReplyFault } from "./kinds/lost-reply.ts";
import { outageKind, type OutageFault } from "./kinds/outage.ts";
import { pauseKind, type PauseFault } from "./kinds/pause.ts";
import { plantedBreakKind, type PlantedBreakFault } from "./kinds/planted-break.ts";
import { refusedLinkKind, type RefusedLinkFault } from "./kinds/refused-link.ts";
import { replayedTopicKind, type ReplayedTopicFault } from "./kinds/replayed-topic.ts";
import { resetLinkKind, type ResetLinkFault } from "./kinds/reset-link.ts";
import { rewoundGroupKind, type RewoundGroupFault } from "./kinds/rewound-group.ts";
import { slowDiskKind, type SlowDiskFault } from "./kinds/slow-disk.ts";
import { slowLinkKind, type SlowLinkFault } from "./kinds/slow-link.ts";
import { stopKind, type StopFault } from "./kinds/stop.ts";
import { strayMessageKind, type StrayMessageFault } from "./kinds/stray-message.ts";
import { transientErrorKind, type TransientErrorFault } from "./kinds/transient-error.ts";
import { complaintAboutTrigger, type Trigger } from "./trigger.ts";

/** What a plan does. A kind is added here and in a file of `kinds/`. */
export type Fault = ProcessFault | OutsideFault;

/** What strikes in a process. */
export type ProcessFault =
  | CrashFault
  | LostReplyFault
  | PauseFault
  | StopFault
  | TransientErrorFault;

/** What strikes at a time around the processes: a server, or a link to one. */
export type OutsideFault =
  | CutLinkFault
  | HeldLinkFault
  | OutageFault
  | RefusedLinkFault
  | ResetLinkFault
  | SlowLinkFault
  | ReplayedTopicFault
  | RewoundGroupFault
  | StrayMessageFault
  | PlantedBreakFault
  | ClockJumpFault
  | EndedBackendsFault
  | FewConnectionsFault
  | FullDiskFault
  | HeldLockFault
  | SlowDiskFault;

/** Every kind of fault, in the order in which reports name them. */
export const FAULT_KINDS: readonly Pick<
  FaultKind<never>,
  "kind" | "noun" | "sentence" | "needs"
>[] = [
  crashKind,
  lostReplyKind,
  pauseKind,
  stopKind,
  transientErrorKind,
  outageKind,
  cutLinkKind,
  heldLinkKind,
  slowLinkKind,
  refusedLinkKind,
  resetLinkKind,
  replayedTopicKind,
  rewoundGroupKind,
  strayMessageKind,
  plantedBreakKind,
  endedBackendsKind,
  fewConnectionsKind,
  heldLockKind,
  fullDiskKind,
  slowDiskKind,
  clockJumpKind,
];

export const faultSchema = Type.Union([
  crashKind.schema,
  lostReplyKind.schema,
  pauseKind.schema,
  stopKind.schema,
  transientErrorKind.schema,
  outageKind.schema,
  cutLinkKind.schema,
  heldLinkKind.schema,
  slowLinkKind.schema,
  refusedLinkKind.schema,
  resetLinkKind.schema,
  replayedTopicKind.schema,
  rewoundGroupKind.schema,
  strayMessageKind.schema,
  plantedBreakKind.schema,
  endedBackendsKind.schema,
  fewConnectionsKind.schema,
  heldLockKind.schema,
  fullDiskKind.schema,
  slowDiskKind.schema,
  clockJumpKind.schema,
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
      return trigger.on === "outside" ? fault : { ...fault, trigger };
    case "lost-reply":
    case "transient-error":
      return trigger.on === "effect" ? { ...fault, effect: trigger.effect } : fault;
    case "outage":
    case "slow-disk":
    case "held-lock":
    case "full-disk":
    case "few-connections":
    case "ended-backends":
    case "replayed-topic":
    case "rewound-group":
    case "stray-message":
    case "planted-break":
      return trigger.on === "outside" ? { ...fault, atMs: trigger.atMs } : fault;
    case "clock-jump":
    case "cut-link":
    case "held-link":
    case "refused-link":
    case "reset-link":
    case "slow-link":
      return trigger.on === "outside" && trigger.process !== null
        ? { ...fault, atMs: trigger.atMs, process: trigger.process }
        : fault;
  }
}

/** The same fault, half as long; undefined where it has no length, or the least. */
export function shortened(fault: Fault): Fault | undefined {
  if ("lastsMs" in fault) {
    return fault.lastsMs > 1 ? { ...fault, lastsMs: Math.ceil(fault.lastsMs / 2) } : undefined;
  }
  if ("restartAfterMs" in fault) {
    const { restartAfterMs } = fault;
    return restartAfterMs > 0
      ? { ...fault, restartAfterMs: Math.floor(restartAfterMs / 2) }
      : undefined;
  }
  return undefined;
}

/** What strikes in a process. @throws Error for what strikes outside of them */
export function demandProcessFault(fault: Fault): ProcessFault {
  if (isOutside(fault)) {
    throw new Error(`no process can do a ${fault.kind}`);
  }
  return fault;
}

export function isOutside(fault: Fault): fault is OutsideFault {
  return triggerOf(fault).on === "outside";
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

/** How long after its end something may still wait for it, at most. */
export function lingersMs(fault: Fault): number {
  return told(fault, (kind, each) => kind.lingersMs(each));
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
    case "cut-link":
      return ask(cutLinkKind, fault);
    case "held-link":
      return ask(heldLinkKind, fault);
    case "lost-reply":
      return ask(lostReplyKind, fault);
    case "replayed-topic":
      return ask(replayedTopicKind, fault);
    case "rewound-group":
      return ask(rewoundGroupKind, fault);
    case "stray-message":
      return ask(strayMessageKind, fault);
    case "planted-break":
      return ask(plantedBreakKind, fault);
    case "clock-jump":
      return ask(clockJumpKind, fault);
    case "ended-backends":
      return ask(endedBackendsKind, fault);
    case "few-connections":
      return ask(fewConnectionsKind, fault);
    case "full-disk":
      return ask(fullDiskKind, fault);
    case "held-lock":
      return ask(heldLockKind, fault);
    case "slow-disk":
      return ask(slowDiskKind, fault);
    case "outage":
      return ask(outageKind, fault);
    case "pause":
      return ask(pauseKind, fault);
    case "refused-link":
      return ask(refusedLinkKind, fault);
    case "reset-link":
      return ask(resetLinkKind, fault);
    case "slow-link":
      return ask(slowLinkKind, fault);
    case "stop":
      return ask(stopKind, fault);
    case "transient-error":
      return ask(transientErrorKind, fault);
  }
}
