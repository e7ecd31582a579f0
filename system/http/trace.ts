import { readTrace, type TraceContext } from "../domain/trace-context.ts";
import type { Entropy } from "../ports/entropy.ts";
import { nextSpan } from "../ports/next-span.ts";
import type { RequestHead } from "../ports/server.ts";

/**
 * The step that a request is, in the trace of the client's `traceparent` and `tracestate`; in a new
 * trace without the first, and where that is not valid or there twice.
 */
export function traceOf(entropy: Entropy, { headers }: RequestHead): TraceContext {
  const { traceparent = [], tracestate = [] } = headers;
  return nextSpan(entropy, readTrace({ traceparent, tracestate }));
}
