/** One thing that this machine lacks, and the command (or step) that mends it. */
export interface MissingPart {
  readonly what: string;
  readonly mend: string;
}

/**
 * The real world cannot be had on this machine as it is. `problems` holds everything that is
 * missing, not only the first thing; the message is the list, one line each, fit to be shown to the
 * user.
 */
export class EnvironmentMissing extends Error {
  readonly code = "ENVIRONMENT_MISSING";
  readonly problems: readonly MissingPart[];

  constructor(problems: readonly MissingPart[], options?: ErrorOptions) {
    const lines = problems.map((problem) => `  ${problem.what}\n    mend: ${problem.mend}`);
    super(`the real world is not ready on this machine:\n${lines.join("\n")}`, options);
    this.name = "EnvironmentMissing";
    this.problems = problems;
  }
}
