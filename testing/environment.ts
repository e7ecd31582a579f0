/** What the environment says of how suites are run. */
export interface SuiteEnvironment {
  /** The seed of the first run; the same plans for the same seed. */
  readonly seed: number;
  /** How many runs are left out before the first: which one of a seed is run. */
  readonly path: number;
  /** Undefined where the suite itself decides. */
  readonly runs: number | undefined;
  /** Runs go on until then, however many that are; undefined where they are counted. */
  readonly minutes: number | undefined;
  /** A replay file whose plan is run instead; undefined where plans are drawn. */
  readonly replay: string | undefined;
}

/** So many seeds apart that two nights hardly draw one plan. */
const FRESH_SEEDS = 2 ** 31;

/**
 * `FALCONPAY_SEED` is a number, or `fresh` for another one each time; 1 when it is not set.
 *
 * @throws Error when a variable is no number that it may be
 */
export function readEnvironment(variables: NodeJS.ProcessEnv): SuiteEnvironment {
  const numberOf = (name: string): number | undefined => {
    const text = variables[name];
    if (text === undefined || text === "") {
      return undefined;
    }
    if (!/^[0-9]{1,10}$/.test(text)) {
      throw new Error(`${name}=${text}: expected a whole number from 0 on`);
    }
    return Number(text);
  };
  const isFresh = variables["FALCONPAY_SEED"] === "fresh";
  return {
    seed: isFresh ? Date.now() % FRESH_SEEDS : (numberOf("FALCONPAY_SEED") ?? 1),
    path: numberOf("FALCONPAY_PATH") ?? 0,
    runs: numberOf("FALCONPAY_RUNS"),
    minutes: numberOf("FALCONPAY_MINUTES"),
    replay: variables["FALCONPAY_REPLAY"],
  };
}
