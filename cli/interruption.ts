/**
 * Ctrl-C and SIGTERM as a signal: the command stops at its next chance and writes what it has. The
 * second time ends the process at once; what it started dies with it.
 */
export function onInterruption(): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) {
      process.exit(130);
    }
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
