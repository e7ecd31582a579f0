import { NEW_TRACE_FLAGS, type TraceContext } from "../domain/trace-context.ts";
import type { Entropy } from "./entropy.ts";

/** The step after `parent`, in the same trace; the first of a new trace where there is none. */
export function nextSpan(entropy: Entropy, parent: TraceContext | undefined): TraceContext {
  return {
    traceId: parent?.traceId ?? entropy.traceBytes(16),
    spanId: entropy.traceBytes(8),
    flags: parent?.flags ?? NEW_TRACE_FLAGS,
    state: parent?.state,
  };
}
