import { brokenLayerMessage } from "./layers.ts";

/** One drawn arrow, said from its other side: who must not import what, and what to do instead. */
interface ForbiddenArrow {
  /** Matches the importing file's path in the project, with forward slashes. */
  readonly from: RegExp;
  /** Matches the imported file's path in the project. */
  readonly to: RegExp;
  /** What `to` matches and is allowed all the same. */
  readonly except?: RegExp;
  /** The reason, and what to do instead. */
  readonly message: string;
}

const TEST_FILE = /\.test\.ts$/;

/** The first that matches is reported, so that one import gives one message. */
const FORBIDDEN_ARROWS: readonly ForbiddenArrow[] = [
  {
    // The generator of the documentation reads the options there.
    from: /^(?!cli(\.ts$|\/)|tools\/docs\/|testing\/)/,
    to: /^cli(\.ts$|\/)/,
    message:
      "cli.ts is where everything starts, so nothing imports it: move what you need into the room it belongs to",
  },
  {
    from: /^system\//,
    to: /./,
    except: /^system\//,
    message:
      "system could ship as it is, so it imports nothing of ours from outside system/: declare a port in system/ports/ and let the caller hand the thing in",
  },
  {
    from: /^reports\//,
    to: /./,
    except: /^reports\//,
    message:
      "reports is a leaf, so that last month's evidence renders today: write what you need into the evidence (reports/evidence/evidence.ts) and let the caller fill it in",
  },
  {
    from: /^sim\//,
    to: /^chaos\//,
    message:
      "the two worlds never know each other: what both need belongs behind the World port (scenarios/world.ts)",
  },
  {
    from: /^chaos\//,
    to: /^sim\//,
    message:
      "the two worlds never know each other: what both need belongs behind the World port (scenarios/world.ts)",
  },
  {
    from: /^sim\/kernel\//,
    to: /./,
    except: /^sim\/kernel\//,
    message:
      "sim/kernel knows nobody: declare what it needs as a parameter and let sim/world/world.ts hand it in",
  },
  {
    from: /^sim\/network\//,
    to: /./,
    except: /^sim\/(network|kernel)\//,
    message:
      "sim/network knows sim/kernel only: declare what it needs as a parameter and let sim/world/world.ts hand it in",
  },
  {
    from: /^sim\/postgres\//,
    to: /./,
    except: /^sim\/(postgres|network|kernel)\//,
    message:
      "sim/postgres knows sim/kernel and sim/network only, and no payment: join it to a port in sim/adapters/",
  },
  {
    from: /^sim\/kafka\//,
    to: /./,
    except: /^sim\/(kafka|network|kernel)\//,
    message:
      "sim/kafka knows sim/kernel and sim/network only, and no payment: join it to a port in sim/adapters/",
  },
  {
    from: /^system\/payment\//,
    to: /^system\/wallet\//,
    message:
      "only events join payment and wallet, as in production: what both know of an event belongs in system/domain/",
  },
  {
    from: /^system\/wallet\//,
    to: /^system\/payment\//,
    message:
      "only events join payment and wallet, as in production: what both know of an event belongs in system/domain/",
  },
  {
    from: /^system\/domain\//,
    to: /./,
    except: /^system\/domain\//,
    message:
      "system/domain decides and does no I/O, so it imports only itself: take the facts as parameters and return the decision",
  },
  {
    from: /^scenarios\/promises\//,
    to: /^scenarios\/workloads\//,
    message:
      "the judge does not know the driver: read what happened from the observation (scenarios/world.ts)",
  },
  {
    from: /^scenarios\//,
    to: /^system\/adapters\//,
    message: "a scenario knows no driver: take the ports (system/ports/), which each world makes",
  },
  {
    from: /^(sim\/(?!world\/)|chaos\/(?!world))/,
    to: /^scenarios\/(runs|stories|sweeps|workloads)\//,
    message:
      "below its world.ts a world carries plans out and judges nothing: let scenarios/runs/ or the caller do it",
  },
  {
    from: /^scenarios\//,
    to: /^mutation\//,
    message:
      "a scenario loads no code: say in scenarios/mutants/ what a mutant changes, and let the world load it",
  },
  {
    from: /^mutation\/(?!.*\.test\.ts$)/,
    to: /^(sim|chaos|reports)\//,
    message:
      "mutation/ loads the services for any world, so it knows none of them: take what it needs as a parameter",
  },
  {
    from: /^scenarios\//,
    to: /^(sim|chaos)\//,
    message:
      "a scenario knows no world: ask the World port (scenarios/world.ts), and let cli.ts choose the world",
  },
  {
    from: /^scenarios\//,
    to: /^reports\//,
    except: /^reports\/evidence\//,
    message:
      "a scenario fills in evidence, verdict and finding (reports/evidence/): rendering belongs to cli.ts",
  },
];

/** What `falconpay/testing` and `falconpay/arbitraries` are made of. */
const SUITE_ARROWS: readonly ForbiddenArrow[] = [
  {
    from: /^(?!testing\/)/,
    to: /^testing\//,
    message:
      "testing/ serves the suites of users: move what the product needs into the room it belongs to",
  },
  {
    // A suite signs the replay files that it writes as the command line does.
    from: /^testing\//,
    to: /^(chaos|reports|bench|cli)(\.ts$|\/)/,
    except: /^cli\/product\.ts$/,
    message:
      "a suite runs in the simulated world and judges plans: take both as they are in sim/world/ and scenarios/",
  },
];

/** Tools and benchmarks serve developers; tests may use them, what is tested may not. */
const DEVELOPER_ARROW: ForbiddenArrow = {
  from: /^(system|scenarios|mutation|sim|chaos|reports)\//,
  to: /^(tools|bench)\//,
  message:
    "tools/ and bench/ serve those who work on this project: move what the product needs into a room of it",
};

/**
 * Says why one file of the project must not import another, and what to do instead.
 *
 * @param arrow both paths relative to the project's folder, with forward slashes
 * @returns the message, or undefined when the import follows a drawn arrow
 */
export function forbiddenArrowMessage(arrow: { from: string; to: string }): string | undefined {
  if (DEVELOPER_ARROW.to.test(arrow.to) && TEST_FILE.test(arrow.from)) {
    return undefined;
  }
  const broken = [...FORBIDDEN_ARROWS, ...SUITE_ARROWS, DEVELOPER_ARROW].find(
    ({ from, to, except }) =>
      from.test(arrow.from) && to.test(arrow.to) && except?.test(arrow.to) !== true,
  );
  return broken?.message ?? brokenLayerMessage(arrow);
}
