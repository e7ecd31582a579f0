import { pino, type DestinationStream } from "pino";
import type { Telemetry } from "../ports/telemetry.ts";

/**
 * Telemetry as one JSON object a line, on standard output: `level`, `time` in milliseconds since
 * the epoch, `process`, `event` and `detail`. The details are an object of their own: whatever they
 * are called, they cannot take the place of the line's name, time or process.
 */
export function createLogTelemetry(
  processName: string,
  destination: DestinationStream = pino.destination(1),
): Telemetry {
  const logger = pino(
    {
      base: { process: processName },
      messageKey: "event",
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return {
    event(name, detail) {
      logger[LEVELS.get(name) ?? "info"]({ detail }, name);
    },
  };
}

/** What somebody should look at: a warning passes by itself, as far as one can know. */
const LEVELS: ReadonlyMap<string, "warn" | "error"> = new Map([
  ["accept.apart", "warn"],
  ["consumer.ended", "error"],
  ["consumer.restart", "warn"],
  ["http.failed", "error"],
  ["http.not-admitted", "warn"],
  ["http.not-available", "warn"],
  ["inbox.apart", "warn"],
  ["inbox.doubt", "warn"],
  ["inbox.left", "warn"],
  ["inbox.offset-not-committed", "warn"],
  ["inbox.retry", "warn"],
  ["inbox.set-aside", "error"],
  ["process.cannot-go-on", "error"],
  ["process.cannot-start", "error"],
  ["process.foreign-schema", "error"],
  ["process.part-failed", "warn"],
  ["process.waiting", "warn"],
  ["reconciliation.not-recorded", "warn"],
  ["relay.dead-letter", "error"],
  ["relay.lease-lost", "warn"],
  ["relay.outage", "warn"],
  ["relay.refused", "warn"],
  ["transaction.given-up", "warn"],
]);
