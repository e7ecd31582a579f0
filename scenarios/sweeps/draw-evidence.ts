import type { Evidence } from "../../reports/evidence/evidence.ts";
import { seedsAsked } from "../../reports/evidence/seeds-asked.ts";
import type { Shard } from "./seeds.ts";
import { verdictOfTally, type Tally } from "./tally.ts";

/** What the evidence says beside what follows from the sums over the runs. */
export interface EvidenceGrounds extends Pick<
  Evidence,
  | "product"
  | "code"
  | "scenario"
  | "world"
  | "mutant"
  | "level"
  | "ended"
  | "findings"
  | "limits"
  | "servers"
  | "command"
  | "seenToFail"
  | "made"
> {
  readonly seeds: { readonly first: number; readonly last: number };
  readonly shard: Shard | null;
}

/** The evidence of the runs of a sweep, or of those of all its shards: one and the same. */
export function drawEvidence(
  grounds: EvidenceGrounds,
  tally: Tally,
  digest: (text: string) => string,
): Evidence {
  const totals = tally.totals();
  const hashes = tally.traceHashes();
  const seeds = { ...grounds.seeds, completed: totals.runs };
  const shard =
    grounds.shard === null
      ? null
      : { ...grounds.shard, traceHashes: hashes, situations: tally.situations() };
  const asked = seedsAsked({ seeds, shard });
  const ended = totals.runs === asked ? "complete" : grounds.ended;
  return {
    format: "falconpay-evidence",
    version: 5,
    ...grounds,
    seeds,
    shard,
    ended,
    ...verdictOfTally(tally, { ended, asked, level: grounds.level }),
    totals,
    faults: tally.faults(),
    faultsNotTried: tally.faultsNotTried(),
    cases: tally.cases(),
    crashPoints: null,
    statistics: tally.statistics(),
    promises: tally.promises(),
    traceHash: hashes.length === 0 ? null : digest(hashes.join("\n")),
  };
}
