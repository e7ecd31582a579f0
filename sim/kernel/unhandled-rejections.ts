import process from "node:process";

/** One universe at a time per thread: a rejection does not say from which one it came. */
let taken = false;

/**
 * Sends every rejection that nobody handled to `onRejection`, and to nobody else, until released.
 * Node would otherwise end the process, and a test runner would blame another test.
 *
 * @throws Error when another run holds them
 */
export function takeUnhandledRejections(onRejection: (error: unknown) => void): () => void {
  if (taken) {
    throw new Error("two simulations at once in one thread: wait for the first, or use a worker");
  }
  taken = true;
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", onRejection);
  return () => {
    process.removeListener("unhandledRejection", onRejection);
    for (const listener of others) {
      process.on("unhandledRejection", listener);
    }
    taken = false;
  };
}
