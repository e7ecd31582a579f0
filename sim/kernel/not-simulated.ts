/**
 * The simulation was asked for something that it does not imitate.
 *
 * Whoever throws it also hands it to `Kernel.fail`, so the run ends with it even where a service
 * catches every error: silence, or an answer made up on the spot, would make every later verdict
 * worthless.
 */
export class NotSimulated extends Error {
  override readonly name = "NotSimulated";
  /** What was asked for, in the words of the system that is imitated. */
  readonly feature: string;
  /** The piece of input that asked for it, for the reader to search for. */
  readonly fragment: string;

  constructor(feature: string, fragment = "") {
    super(`not simulated: ${feature}${fragment === "" ? "" : ` at "${fragment}"`}`);
    this.feature = feature;
    this.fragment = fragment;
  }
}
