import type { TSchema } from "typebox";
import type { Trigger } from "./trigger.ts";

/** A kind of fault: all that the testbed has to know of it, in one file of `kinds/`. */
export interface FaultKind<Fault> {
  /** The word for it in plans, evidence and reports. */
  readonly kind: string;
  /** One of them and several, as in `1 crash`, `400 crashes`. */
  readonly noun: { readonly one: string; readonly many: string };
  /** What happens, in a sentence for someone who has never seen the code. */
  readonly sentence: string;
  readonly schema: TSchema;
  readonly triggerOf: (fault: Fault) => Trigger;
  /** What is wrong with a fault in itself, beside its trigger; undefined when it can strike. */
  readonly complaint: (fault: Fault) => string | undefined;
  /** What it needs of a world. */
  readonly needs: readonly WorldAbility[];
  /** How long it keeps a process from its work, at most. */
  readonly outageMs: (fault: Fault) => number;
  /** How long after its end something may still wait for it, at most. */
  readonly lingersMs: (fault: Fault) => number;
  /** It counts as fired when this phase of it was seen. */
  readonly firesWith: FaultPhase;
  /** How it is told in a story when it begins. */
  readonly tellBegin: (fault: Fault) => string;
  /** How it is told when it ends; null for one that has no end of its own. */
  readonly tellEnd: ((fault: Fault) => string) | null;
}

export type FaultPhase = "begin" | "end";

/**
 * What a world can do to a process: end it as SIGKILL does, tell it to end as SIGTERM does, stop it
 * and let it go on while the world goes on, lose the reply to a request of its own at the effect
 * gate, let such a request fail there. And around it: end a server and start it again; do to a link
 * what the name says, to the connections of one process with one server or with its clients; put
 * messages on topics; expel a consumer group and set it back; end the connections to a database,
 * limit them, lock a table of it, fill or slow its disk, write to it past its service; set the
 * clock of a process.
 */
export type WorldAbility =
  | "kill"
  | "stop"
  | "pause"
  | "lose-reply-at-gate"
  | "fail-at-gate"
  | "restart-servers"
  | "cut-links"
  | "hold-links"
  | "slow-links"
  | "refuse-connections"
  | "reset-connections"
  | "send-as-stranger"
  | "rewind-groups"
  | "end-backends"
  | "limit-connections"
  | "hold-locks"
  | "fill-disks"
  | "slow-disks"
  | "set-clocks"
  | "write-past-services";
