/** A service could not be started, was not ready in time, or ended by itself; and why. */
export class ServicesNotReady extends Error {
  override readonly name = "ServicesNotReady";
}
