import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** The step of the client itself, and that its trace is sampled. */
const CLIENT_SPAN_ID = "00f067aa0ba902b7";
const SAMPLED = 1;

/**
 * The trace that a client's requests with a key are part of, 32 hexadecimal digits: the same at
 * every attempt.
 */
export function traceIdOfKey(key: string): string {
  return bytesToHex(utf8ToBytes(`key ${key}`))
    .slice(0, 32)
    .padEnd(32, "0");
}

/** What others have to say of it: of two vendors, whatever the key is. */
export function tracestateOfKey(key: string): string {
  return `testbed=${traceIdOfKey(key)},another@vendor=1`;
}

/** The headers with which a client says so. */
export function traceHeadersOfKey(key: string): Readonly<Record<string, string>> {
  return {
    traceparent: `00-${traceIdOfKey(key)}-${CLIENT_SPAN_ID}-0${SAMPLED}`,
    tracestate: tracestateOfKey(key),
  };
}

/** Whether something is a step of that trace, and none of the client's own. */
export function isStepOfKey(
  trace: {
    readonly traceId: string;
    readonly spanId: string;
    readonly flags: number;
    readonly state: string | undefined;
  },
  key: string,
): boolean {
  return (
    trace.traceId === traceIdOfKey(key) &&
    trace.spanId !== CLIENT_SPAN_ID &&
    trace.flags === SAMPLED &&
    trace.state === tracestateOfKey(key)
  );
}
