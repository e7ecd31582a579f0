/**
 * npm hands on to its child the Ctrl-C that the terminal has given to both: that is one, not two.
 */
const SAME_INTERRUPTION_MS = 500;

/** Ctrl-C, the end that a supervisor asks for, and a terminal that was closed. */
const INTERRUPTIONS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * An interruption as a signal: the command stops at its next chance and writes what it has. The
 * second time ends the process at once; what it started dies with it.
 */
export function onInterruption(
  message = "stopping; what is done will be written (again to stop at once)",
): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  let isOver = false;
  const interrupt = () => {
    if (isOver) {
      process.exit(130);
    }
    if (controller.signal.aborted) {
      return;
    }
    // A run in hand can keep the loop busy for longer than that: what arrived meanwhile is heard
    // after the timers of a turn, and before its immediates.
    setTimeout(() => setImmediate(() => (isOver = true)), SAME_INTERRUPTION_MS).unref();
    process.stderr.write(`\n${message}\n`);
    controller.abort();
  };
  INTERRUPTIONS.forEach((name) => process.on(name, interrupt));
  return {
    signal: controller.signal,
    dispose() {
      const stopListening = () => INTERRUPTIONS.forEach((name) => process.off(name, interrupt));
      if (controller.signal.aborted) {
        // Its other half may still come, and must not end a command that is about to end well.
        setTimeout(stopListening, SAME_INTERRUPTION_MS).unref();
      } else {
        stopListening();
      }
    },
  };
}
