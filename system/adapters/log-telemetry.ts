import { pino, type DestinationStream } from "pino";
import { LINES, type Telemetry } from "../ports/telemetry.ts";

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
      logger[LINES[name]]({ detail }, name);
    },
  };
}
