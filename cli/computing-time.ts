/** How often it is looked at. */
const LOOK_MS = 500;

/** Of real time, in bounds: what computes nothing at all ends, too. */
const IDLE_FACTOR = 20;

/**
 * A signal that is aborted once each of the threads of this process has computed for so long, if
 * they share its computing time evenly. A machine that is busy with other things does not count.
 */
export function afterComputing(
  boundMs: number,
  threads: number,
): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const began = process.cpuUsage();
  const beganAtMs = performance.now();
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(began);
    const computedMs = (user + system) / 1_000 / threads;
    if (computedMs > boundMs || performance.now() - beganAtMs > boundMs * IDLE_FACTOR) {
      controller.abort();
    }
  }, LOOK_MS);
  return { signal: controller.signal, dispose: () => clearInterval(timer) };
}
