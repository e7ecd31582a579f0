/**
 * The simulation met an error of its own while it did something for a process. Handled by nobody,
 * it ends the run and not the process: it says nothing about the services.
 */
export class SimulationBug extends Error {
  override readonly name = "SimulationBug";

  constructor(cause: unknown) {
    const message = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    super(`the simulation met an error of its own: ${message}`, { cause });
  }
}
