import { printOrdinal } from "../../faults/effect-name.ts";
import { natureOf } from "../../faults/effect-words.ts";
import type { Fault } from "../../faults/fault.ts";

/** A way to strike at an effect: the process dies before it or after it, or its reply is lost. */
export type Way = (typeof WAYS)[number];

export const WAYS = ["before", "after", "lost-reply"] as const;

/** One fault at one effect. */
export interface CrashPoint {
  readonly effect: string;
  readonly way: Way;
}

/** Some of the effects of one place, by their ordinals, both ends included. */
export interface EffectRange {
  /** An effect's name without its ordinal. */
  readonly place: string;
  readonly first: number;
  readonly last: number;
}

/**
 * The ways of a place. What arrives at a process has no reply, and what it answers a client with is
 * no request: there, a crash before and one after are the same, and are tried once.
 */
export function waysAt(place: string): readonly Way[] {
  switch (natureOf(printOrdinal(place, 1))) {
    case "arrival":
      return ["before"];
    case "answer":
      return ["before", "lost-reply"];
    case "request":
      return WAYS;
  }
}

/** Every point of the effects, place by place. */
export function pointsOf(ranges: readonly EffectRange[]): readonly CrashPoint[] {
  const points: CrashPoint[] = [];
  for (const { place, first, last } of ranges) {
    for (let ordinal = first; ordinal <= last; ordinal += 1) {
      const effect = printOrdinal(place, ordinal);
      points.push(...waysAt(place).map((way) => ({ effect, way })));
    }
  }
  return points;
}

/** Long enough for others to go on meanwhile, and within a load: as a supervisor does it. */
const RESTART_AFTER_MS = 500;

export function faultAt({ effect, way }: CrashPoint): Fault {
  return way === "lost-reply"
    ? { kind: "lost-reply", effect }
    : {
        kind: "crash",
        trigger: { on: "effect", effect, side: way },
        restartAfterMs: RESTART_AFTER_MS,
      };
}

/** As in `crash before payment-1/kafka/produce#1`. */
export function pointInWords({ effect, way }: CrashPoint): string {
  return way === "lost-reply" ? `lost reply to ${effect}` : `crash ${way} ${effect}`;
}
