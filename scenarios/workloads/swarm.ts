import fc from "fast-check";
import { HTTP } from "../faults/effect-name.ts";
import { natureOf } from "../faults/effect-words.ts";
import { triggerOf, type Fault } from "../faults/fault.ts";
import {
  isCommit,
  SILENT_ROLLBACK,
  TRANSIENT_CODES,
  type TransientErrorFault,
} from "../faults/kinds/transient-error.ts";
import { processOf } from "../faults/trigger.ts";
import type { Command } from "../plans/commands/command.ts";
import type { Level } from "../plans/level.ts";
import { processesAnswering } from "../plans/topology.ts";
import type { Deployment } from "./deployment.ts";
import { effectAt, reachedPlaces, type ReachedPlace } from "./reached-places.ts";

/** Faults beside the one that a scenario is about, as drawn. */
export interface Swarm {
  /** The kinds that this run may have: each seed turns some off. */
  readonly isOn: Readonly<Record<SwarmKind, boolean>>;
  readonly faults: readonly SwarmFault[];
}

export const SWARM_KINDS = ["crash", "stop", "pause", "lost-reply", "transient-error"] as const;

export type SwarmKind = (typeof SWARM_KINDS)[number];

interface SwarmFault {
  readonly kind: SwarmKind;
  /** Taken modulo what there is to choose from. */
  readonly process: number;
  readonly place: number;
  readonly atMs: number;
  readonly lastsMs: number;
}

/** What strikes at an effect comes more often. */
const WEIGHTED_KINDS: readonly SwarmKind[] = [
  ...(["crash", "stop", "pause"] as const),
  ...(["lost-reply", "lost-reply", "transient-error", "transient-error"] as const),
];

const FAULTS_MAX = 12;

/** Draws a swarm of these kinds, of which each seed turns some off. */
export function swarmArbitrary(
  { moreFaults, lastsMsMax }: Level,
  kinds: readonly SwarmKind[] = SWARM_KINDS,
): fc.Arbitrary<Swarm> {
  const any = fc.nat({ max: 1_000_000 });
  const kind = fc.constantFrom(...WEIGHTED_KINDS.filter((each) => kinds.includes(each)));
  const fault = fc.record({
    kind,
    process: any,
    place: any,
    // From the beginning: what comes meanwhile waits, and is one large batch when it goes on.
    atMs: fc.oneof({ arbitrary: any, weight: 2 }, { arbitrary: fc.constant(0), weight: 1 }),
    lastsMs: fc
      .oneof(fc.integer({ min: 50, max: 2_000 }), fc.integer({ min: 50, max: 9_000 }))
      .map((lastsMs) => Math.min(lastsMs, lastsMsMax)),
  });
  const often = fc.constantFrom(true, true, true, false);
  const isOn = fc.record({
    crash: fc.boolean(),
    stop: fc.boolean(),
    pause: fc.boolean(),
    "lost-reply": often,
    "transient-error": often,
  });
  return fc.record({
    isOn,
    faults: fc.array(fault, { maxLength: FAULTS_MAX * moreFaults, size: "max" }),
  });
}

/**
 * Adds the faults of a swarm, each where it is sure to fire: a process that is killed or told to
 * stop has no other fault, one that is paused none of that kind; and what strikes at an effect does
 * so where every run comes.
 */
export function withSwarm(
  first: readonly Fault[],
  { isOn, faults }: Swarm,
  commands: readonly Command[],
  deployment: Deployment,
): readonly Fault[] {
  const laid: Fault[] = [...first];
  const drawn = faults.filter(({ kind }) => isOn[kind]);
  const loadMs = 1 + (commands.at(-1)?.atMs ?? 0);
  const names = deployment.topology.map(({ name }) => name);
  const struck = new Set(first.map((fault) => processOf(triggerOf(fault))));
  for (const { kind, process, atMs, lastsMs } of drawn) {
    const free = names.filter((name) => !struck.has(name));
    const name = free[process % Math.max(1, free.length)];
    const isAtTime = kind === "crash" || kind === "stop" || kind === "pause";
    if (!isAtTime || name === undefined) {
      continue;
    }
    struck.add(name);
    const trigger = { on: "time", process: name, atMs: atMs % loadMs } as const;
    laid.push(
      kind === "pause"
        ? { kind, trigger, lastsMs }
        : { kind, trigger, restartAfterMs: Math.min(lastsMs, 2_000) },
    );
  }
  const down = new Set(
    laid.filter(({ kind }) => kind !== "pause").map((fault) => processOf(triggerOf(fault))),
  );
  const places = reachedPlaces(commands, deployment).filter((each) => !down.has(each.process));
  const taken = new Set<string>();
  // Where several processes answer, a client that meets a fault at one goes to another: a second
  // fault at the first may never be reached.
  const answering = processesAnswering(deployment.topology, "payment");
  const diverted = new Set(
    answering.length === 1 ? [] : laid.map((fault) => processOf(triggerOf(fault))),
  );
  for (const { kind, place, process } of drawn) {
    const reached = places[place % Math.max(1, places.length)];
    const effect = reached === undefined ? "" : effectAt(reached, process);
    const isAnswering = reached !== undefined && isOfAnswer(reached);
    if (
      reached === undefined ||
      taken.has(effect) ||
      (isAnswering && diverted.has(reached.process))
    ) {
      continue;
    }
    if (kind === "lost-reply") {
      laid.push({ kind, effect });
    } else if (kind === "transient-error" && natureOf(effect) === "request") {
      laid.push({ kind, effect, code: codeAt(effect, process) });
    } else {
      continue;
    }
    taken.add(effect);
    if (isAnswering && answering.length > 1) {
      diverted.add(reached.process);
    }
  }
  return laid;
}

/** A COMMIT may be rolled back in silence as well. */
function codeAt(effect: string, drawn: number): TransientErrorFault["code"] {
  return isCommit(effect) && drawn % 2 === 0
    ? SILENT_ROLLBACK
    : (TRANSIENT_CODES[drawn % TRANSIENT_CODES.length] ?? "40001");
}

function isOfAnswer({ resource, operation }: ReachedPlace): boolean {
  return resource === HTTP || operation.startsWith("accept.");
}
