import fc from "fast-check";
import type { Fault } from "../faults/fault.ts";
import type { Deployment } from "./deployment.ts";

/** A process is killed, or stopped for a time. */
export interface DraftEnd {
  readonly isKilled: boolean;
  /** Numbers are taken modulo what there is to choose from. */
  readonly process: number;
  readonly atMs: number;
  readonly lastsMs: number;
}

/** Draws up to so many of them. */
export function endsArbitrary(countMax: number): fc.Arbitrary<readonly DraftEnd[]> {
  const any = fc.nat({ max: 1_000_000 });
  const end = fc.record({
    isKilled: fc.boolean(),
    process: any,
    atMs: any,
    lastsMs: fc.integer({ min: 50, max: 9_000 }),
  });
  return fc.array(end, { maxLength: countMax });
}

/** Each process once: what is down at the time cannot be struck. */
export function layOutEnds(
  ends: readonly DraftEnd[],
  { topology }: Deployment,
  loadMs: number,
): readonly Fault[] {
  const free = topology.map(({ name }) => name);
  return ends.flatMap(({ isKilled, process, lastsMs, ...drawn }): readonly Fault[] => {
    const [name] = free.splice(process % Math.max(1, free.length), 1);
    if (name === undefined) {
      return [];
    }
    const trigger = { on: "time", process: name, atMs: drawn.atMs % loadMs } as const;
    return [
      isKilled
        ? { kind: "crash", trigger, restartAfterMs: Math.min(lastsMs, 2_000) }
        : { kind: "pause", trigger, lastsMs },
    ];
  });
}
