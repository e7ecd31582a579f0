import { parseTraceparent, type TraceContext } from "../domain/trace-context.ts";
import type { Entropy } from "../ports/entropy.ts";
import { nextSpan } from "../ports/next-span.ts";
import type { HttpRequest } from "../ports/server.ts";

/**
 * The step that a request is, in the trace of the client's `traceparent`; in a new trace without
 * one, and where it is not valid or there twice.
 */
export function traceOf(entropy: Entropy, { headers }: HttpRequest): TraceContext {
  const [traceparent = "", ...more] = headers["traceparent"] ?? [];
  return nextSpan(entropy, more.length === 0 ? parseTraceparent(traceparent) : undefined);
}
