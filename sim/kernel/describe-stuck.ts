import type { SimulatedProcess } from "./simulated-process.ts";

/** Says who waits for what when nothing is left to happen. */
export function describeStuck(options: {
  readonly nowUs: number;
  readonly processes: Iterable<SimulatedProcess>;
  /** What of the host is waited for since the run began. */
  readonly hostResources: readonly string[];
}): string {
  const waits = [...options.processes]
    .filter(({ isRunning }) => isRunning)
    .map((process) => {
      const pending = process.pending();
      const what = pending.length > 0 ? pending.join(", ") : "something outside the simulation";
      return `${process.name} waits for ${what}`;
    });
  const time = Math.floor(options.nowUs / 1_000);
  const stuck = `queue empty, main not done, at ${time} ms: ${waits.join("; ")}`;
  const { hostResources } = options;
  return hostResources.length === 0
    ? stuck
    : `${stuck}; of the host there waits: ${hostResources.join(", ")}`;
}
