import type { Evaluate } from "../expressions/expression.ts";
import type { Frame } from "../expressions/frame.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { num } from "../types/whole.ts";

/** One end of a window's frame; an offset is null where there is none. */
export interface FrameEnd {
  readonly kind: "unbounded" | "current row" | "preceding" | "following";
  readonly offset: Evaluate | null;
}

/** The frame of a window. `range` counts by equal rows, and has no offsets. */
export interface FrameBounds {
  readonly mode: "rows" | "range" | "groups";
  readonly start: FrameEnd;
  readonly end: FrameEnd;
}

/** The groups of rows that are equal in order: where each begins, and that of each row. */
export interface PeerGroups {
  readonly rows: number;
  readonly starts: readonly number[];
  readonly groupOf: readonly number[];
}

/** The first row of the frame of a row, and the first after it, within its partition. */
export function frameOf(
  { mode, start, end }: FrameBounds,
  frame: Frame,
  at: number,
  groups: PeerGroups,
): { readonly from: number; readonly to: number } {
  const rows = groups.rows;
  if (mode === "rows") {
    const from = start.kind === "unbounded" ? 0 : at + distanceOf(start, frame, "starting");
    const to = end.kind === "unbounded" ? rows : at + distanceOf(end, frame, "ending") + 1;
    return within(from, to, rows);
  }
  const group = groups.groupOf[at] ?? 0;
  const startOf = (which: number): number => (which < 0 ? 0 : (groups.starts[which] ?? rows));
  const from =
    start.kind === "unbounded" ? 0 : startOf(group + distanceOf(start, frame, "starting"));
  const to =
    end.kind === "unbounded" ? rows : startOf(group + distanceOf(end, frame, "ending") + 1);
  return within(from, to, rows);
}

function within(from: number, to: number, rows: number) {
  const first = Math.min(Math.max(from, 0), rows);
  return { from: first, to: Math.max(first, Math.min(Math.max(to, 0), rows)) };
}

function distanceOf({ kind, offset }: FrameEnd, frame: Frame, which: string): number {
  if (offset === null) {
    return 0;
  }
  const value = offset(frame);
  if (value === null) {
    throw new PostgresError("22004", `frame ${which} offset must not be null`);
  }
  const distance = num(value);
  if (distance < 0) {
    throw new PostgresError("22013", `frame ${which} offset must not be negative`);
  }
  return kind === "preceding" ? -distance : distance;
}
