import type { Evidence } from "../../reports/evidence/evidence.ts";
import { seedsAsked } from "../../reports/evidence/seeds-asked.ts";
import type { Shard } from "./seeds.ts";
import type { SweepRequest } from "./sweep-request.ts";
import { verdictOfTally, type Tally } from "./tally.ts";

/** What the evidence says beside what follows from the sums over the runs. */
export type EvidenceGrounds = Pick<
  Evidence,
  | "product"
  | "code"
  | "scenario"
  | "world"
  | "mutant"
  | "level"
  | "seeds"
  | "shard"
  | "ended"
  | "crashPoints"
  | "findings"
  | "limits"
  | "servers"
  | "command"
  | "seenToFail"
  | "made"
>;

/** The same of a sweep, whose sums say how many of the seeds were run. */
export interface SweepGrounds extends Omit<EvidenceGrounds, "seeds" | "shard" | "crashPoints"> {
  readonly seeds: { readonly first: number; readonly last: number };
  readonly shard: Shard | null;
}

/** What evidence says of what was tried and where, whatever was done with it. */
export function groundsOf({
  world,
  scenario: { name, title, description },
  mutant,
  host,
}: Pick<SweepRequest, "world" | "scenario" | "mutant" | "host">) {
  return {
    product: host.product,
    code: host.code,
    scenario: { name, title, description },
    world: world.kind,
    mutant: mutant === null ? null : { id: mutant.id, defect: mutant.defect },
    limits: world.limits,
    servers: world.servers,
    seenToFail: [],
    made: host.made,
  } as const;
}

/** The evidence of the runs of a sweep, or of those of all its shards: one and the same. */
export function drawSweepEvidence(
  grounds: SweepGrounds,
  tally: Tally,
  digest: (text: string) => string,
): Evidence {
  const { runs } = tally.totals();
  const seeds = { ...grounds.seeds, completed: runs };
  const shard =
    grounds.shard === null
      ? null
      : { ...grounds.shard, traceHashes: tally.traceHashes(), situations: tally.situations() };
  const asked = seedsAsked({ seeds, shard });
  const ended = runs === asked ? "complete" : grounds.ended;
  const drawn = { ...grounds, seeds, shard, ended, crashPoints: null } as const;
  return drawEvidence(drawn, asked, tally, digest);
}

/**
 * The evidence of runs with these sums.
 *
 * @param asked How many runs there were to be; null where nobody said so
 */
export function drawEvidence(
  grounds: EvidenceGrounds,
  asked: number | null,
  tally: Tally,
  digest: (text: string) => string,
): Evidence {
  const { ended, level } = grounds;
  const hashes = tally.traceHashes();
  return {
    format: "falconpay-evidence",
    version: 5,
    ...grounds,
    ...verdictOfTally(tally, { ended, asked, level }),
    totals: tally.totals(),
    faults: tally.faults(),
    faultsNotTried: tally.faultsNotTried(),
    cases: tally.cases(),
    statistics: tally.statistics(),
    promises: tally.promises(),
    traceHash: hashes.length === 0 ? null : digest(hashes.join("\n")),
  };
}
