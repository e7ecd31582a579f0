import process from "node:process";

/**
 * Counts what Node holds open now, and says later what has come since: `Timeout`, `FSReqPromise`,
 * `TCPSocketWrap`. For the report of a run that waits for what is not simulated.
 */
export function watchHostResources(): () => readonly string[] {
  const before = countResources();
  return () =>
    [...countResources()]
      .filter(([name, count]) => count > (before.get(name) ?? 0))
      .map(([name]) => name)
      .toSorted();
}

function countResources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of process.getActiveResourcesInfo()) {
    // What the kernel drains with.
    if (name !== "Immediate") {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return counts;
}
