import type { World } from "../scenarios/world.ts";
import { createSimulatedWorld } from "../sim/world.ts";
import type { WorldName } from "./options.ts";

/** Makes the world, hands it over, and takes it down, whatever happens. */
export async function withWorld<T>(
  name: WorldName,
  signal: AbortSignal,
  use: (world: World) => Promise<T>,
): Promise<T> {
  if (name === "sim") {
    return use(await createSimulatedWorld());
  }
  // Imported when it is asked for: the simulated world needs none of its clients.
  const { createRealWorld } = await import("../chaos/world.ts");
  const world = await createRealWorld({ signal });
  try {
    return await use(world);
  } finally {
    await world.close();
  }
}
