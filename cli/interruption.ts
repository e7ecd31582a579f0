/**
 * npm hands on to its child the Ctrl-C that the terminal has given to both: that is one, not two.
 */
const SAME_INTERRUPTION_MS = 500;

/**
 * Ctrl-C and SIGTERM as a signal: the command stops at its next chance and writes what it has. The
 * second time ends the process at once; what it started dies with it.
 */
export function onInterruption(): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  let interruptedAtMs = Number.POSITIVE_INFINITY;
  const interrupt = () => {
    if (controller.signal.aborted) {
      if (Date.now() - interruptedAtMs > SAME_INTERRUPTION_MS) {
        process.exit(130);
      }
      return;
    }
    interruptedAtMs = Date.now();
    process.stderr.write("\nstopping; what is done will be written (again to stop at once)\n");
    controller.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  return {
    signal: controller.signal,
    dispose() {
      process.off("SIGINT", interrupt);
      process.off("SIGTERM", interrupt);
    },
  };
}
