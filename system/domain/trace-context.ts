import { parseTracestate } from "./trace-state.ts";

/** Where a step stands in a distributed trace, after W3C Trace Context. */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits, the same in every step of a trace. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits: the step itself, the parent of the one after it. */
  readonly spanId: string;
  /** Bit 0: sampled. Bit 1: the trace id is random. No other bit is known. */
  readonly flags: number;
  /** What others have to say of the trace, as a `tracestate`; undefined where that is nothing. */
  readonly state: string | undefined;
}

/**
 * Reads the context that a message carries. Without a `traceparent` that is valid its `tracestate`
 * counts for nothing.
 *
 * @param values Of each of the two, as often as it is there
 */
export function readTrace(values: {
  readonly traceparent: readonly string[];
  readonly tracestate: readonly string[];
}): TraceContext | undefined {
  const [traceparent = "", ...more] = values.traceparent;
  const parent = more.length === 0 ? parseTraceparent(traceparent) : undefined;
  return parent && { ...parent, state: parseTracestate(values.tracestate) };
}

/**
 * Reads a `traceparent`. One of a later version may have more fields; its first four mean the same.
 *
 * @returns undefined for one that is not valid, which is to be ignored
 */
export function parseTraceparent(text: string): Omit<TraceContext, "state"> | undefined {
  const [, version, traceId = "", spanId = "", flags = "", rest] = TRACEPARENT.exec(text) ?? [];
  return version === undefined || (version === "00" && rest !== undefined)
    ? undefined
    : { traceId, spanId, flags: Number.parseInt(flags, 16) & KNOWN_FLAGS };
}

/** Writes a `traceparent` of version 00, whatever the version was that it was read from. */
export function formatTraceparent(context: Omit<TraceContext, "state">): string {
  const { traceId, spanId, flags } = context;
  return `00-${traceId}-${spanId}-0${flags}`;
}

/** A sampled trace with a random id: what is begun here. */
export const NEW_TRACE_FLAGS = 0b11;
const KNOWN_FLAGS = 0b11;

const TRACEPARENT =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
