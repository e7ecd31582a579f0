import { resolve } from "node:path";
import type { WantedPorts } from "../chaos/local/local.ts";
import type { World } from "../scenarios/world.ts";
import type { TraceRecord } from "../sim/kernel/trace.ts";
import { createSimulatedWorld } from "../sim/world/world.ts";
import type { WorldName } from "./options.ts";

export interface WorldRequest {
  readonly name: WorldName;
  /** An interruption takes the real world down at once: the run in hand ends there. */
  readonly signal: AbortSignal;
  /** In the simulated world, too, an interruption ends the run in hand, which then rejects. */
  readonly stopsRuns?: boolean;
  /** Where the logs of real servers and processes are kept. */
  readonly logsFolder: string;
  /** Ports that the real servers must have; the others are picked. */
  readonly ports?: WantedPorts;
  /** Takes every event of each run of the simulated world; the real one has none. */
  readonly onTrace?: (trace: TraceRecord) => void;
}

/** Makes the world, hands it over, and takes it down, whatever happens. */
export async function withWorld<T>(
  { name, signal, stopsRuns = false, logsFolder, ports = {}, onTrace }: WorldRequest,
  use: (world: World) => Promise<T>,
): Promise<T> {
  if (name === "sim") {
    return use(
      await createSimulatedWorld({
        ...(onTrace === undefined ? {} : { onTrace }),
        ...(stopsRuns ? { signal } : {}),
      }),
    );
  }
  // Imported when it is asked for: the simulated world needs none of its clients.
  const { createRealWorld } = await import("../chaos/world.ts");
  const world = await createRealWorld({ logsFolder: resolve(logsFolder), ports });
  const close = () => void world.close();
  signal.addEventListener("abort", close);
  try {
    return await use(world);
  } finally {
    signal.removeEventListener("abort", close);
    await world.close();
  }
}
