import Type from "typebox";
import { Compile } from "typebox/compile";
import type { TraceEvent, TraceRecord } from "../../sim/kernel/trace.ts";

/** A trace that was written with one event a line, as JSON. */
export function readTraceLines(lines: readonly string[], hash: string): TraceRecord {
  const events = lines.map(readTraceEvent);
  return { hash, count: events.length, events };
}

const traceEvent = Compile(
  Type.Object({
    atUs: Type.Integer(),
    step: Type.Integer(),
    kind: Type.String(),
    actor: Type.String(),
    text: Type.String(),
    detail: Type.Integer(),
    data: Type.String(),
  }),
);

function readTraceEvent(line: string): TraceEvent {
  return traceEvent.Parse(JSON.parse(line));
}
