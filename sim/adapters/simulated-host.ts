import type { Clock } from "../../system/ports/clock.ts";
import type { Entropy } from "../../system/ports/entropy.ts";
import type { Telemetry } from "../../system/ports/telemetry.ts";
import { EPOCH_MS } from "../kernel/epoch.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { RandomStream } from "../kernel/random.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import { TraceLabel } from "../kernel/trace.ts";

/** A process's clock: the simulation's time, counted from a fixed day. */
export function createSimulatedClock(process: SimulatedProcess): Clock {
  return {
    nowMs: () => EPOCH_MS + process.nowMs(),
    async sleep(delayMs, signal) {
      if (signal === undefined) {
        await process.sleep(delayMs);
      } else if (!signal.aborted) {
        await sleepUnlessAborted(process, delayMs, signal);
      }
    },
  };
}

/** A signal outlives the sleeps that it may end: none of them stays with it. */
function sleepUnlessAborted(
  process: SimulatedProcess,
  delayMs: number,
  signal: AbortSignal,
): Promise<void> {
  return process.promise("sleep", (resolve) => {
    const awaken = (): void => {
      timer.cancel();
      signal.removeEventListener("abort", awaken);
      resolve();
    };
    const timer = process.after(delayMs, awaken);
    signal.addEventListener("abort", awaken);
  });
}

/** A process's randomness: streams of its own, so that what is traced changes no identifier. */
export function createSimulatedEntropy(process: SimulatedProcess): Entropy {
  const identifiers = process.stream("entropy");
  const traces = process.stream("traces");
  return {
    uuid: () => drawUuid(identifiers),
    traceBytes: (byteCount) =>
      Array.from({ length: byteCount }, () =>
        traces.integer(0x100, 0x1ff).toString(16).slice(1),
      ).join(""),
  };
}

/** What a process says goes into the trace: two runs that say different things differ. */
export function createTraceTelemetry(kernel: Kernel, process: SimulatedProcess): Telemetry {
  const processName = new TraceLabel(process.name);
  return {
    event(name, detail) {
      // A label of its own: hardly any of these texts comes twice, so the trace need not remember
      // them.
      const text = new TraceLabel(`${name} ${JSON.stringify(detail)}`);
      kernel.trace.recordLabels(telemetry, processName, text, 0);
    },
  };
}

const telemetry = new TraceLabel("telemetry");

/** A UUID of version 4 (RFC 9562). */
function drawUuid(stream: RandomStream): string {
  const word = () => hexadecimal(stream.integer(0, 0xffff_ffff));
  const [first, second, third, fourth] = [word(), word(), word(), word()];
  const version = `4${second.slice(5)}`;
  const variant = `${"89ab".charAt(Number.parseInt(third.charAt(0), 16) % 4)}${third.slice(1, 4)}`;
  return `${first}-${second.slice(0, 4)}-${version}-${variant}-${third.slice(4)}${fourth}`;
}

/** In halves: numbers beyond 31 bits are written out many times more slowly. */
function hexadecimal(word: number): string {
  const high = (word >>> 16) | 0x1_0000;
  const low = (word & 0xffff) | 0x1_0000;
  return high.toString(16).slice(1) + low.toString(16).slice(1);
}
