import { encodeEvidence } from "./evidence-codec.ts";
import type { Evidence, Verdict } from "./evidence.ts";

/**
 * Evidence of several scenarios under one verdict: of each what its own sweep of the same seeds
 * leaves, but for the names of its replay files.
 */
export interface AllEvidence {
  readonly format: "falconpay-evidence-of-all";
  readonly version: 1;
  readonly product: string;
  readonly code: Evidence["code"];
  /** The worst of those of the scenarios: `fail`, then `unknown`, then `pass`. */
  readonly verdict: Verdict;
  /** In the order of the catalogue; each is evidence by itself. */
  readonly scenarios: readonly Evidence[];
  /** The command that made this evidence, with every option that changes what it says. */
  readonly command: string;
  /** As in the evidence of a scenario: the only part that may differ when made again. */
  readonly made: Evidence["made"];
}

/** Under one verdict. */
export function allEvidence(
  parts: Pick<AllEvidence, "product" | "code" | "scenarios" | "command" | "made">,
): AllEvidence {
  const { product, code, scenarios, command, made } = parts;
  return {
    format: "falconpay-evidence-of-all",
    version: 1,
    product,
    code,
    verdict: worstOf(scenarios),
    scenarios,
    command,
    made,
  };
}

function worstOf(scenarios: readonly Pick<Evidence, "verdict">[]): Verdict {
  const worst = (["fail", "unknown"] as const).find((verdict) =>
    scenarios.some((each) => each.verdict === verdict),
  );
  return worst ?? (scenarios.length === 0 ? "unknown" : "pass");
}

/**
 * As JSON, like that of one scenario: same evidence, same bytes.
 *
 * @throws Error when a part does not keep its own type, or the verdict is not theirs: that is a bug
 *   of the caller
 */
export function encodeAllEvidence(evidence: AllEvidence): string {
  const { scenarios, verdict } = evidence;
  if (verdict !== worstOf(scenarios)) {
    throw new Error(`evidence to be written is wrong: it is "${verdict}", its scenarios are not`);
  }
  const told = scenarios.map((each): unknown => JSON.parse(encodeEvidence(each)));
  return `${JSON.stringify({ ...allEvidence(evidence), scenarios: told }, null, 2)}\n`;
}
