import { seedsOf, SEED_MAX } from "./seeds.ts";
import { roundSizes, shareRuns } from "./share-runs.ts";
import type { SweepRequest } from "./sweep-request.ts";
import { beginSweep, type BegunSweep, type SweepResult } from "./sweep.ts";

/**
 * Runs the sweeps of several scenarios in rounds of a few seeds each, and shares the runs of a
 * round by what each scenario still finds new. The shares follow from what was found alone: a clock
 * only ends it. With or without workers the evidence is the same, and that of each scenario is what
 * its own sweep of the same seeds leaves, but for the names of its replay files.
 *
 * An error ends the sweep of its scenario, not the others.
 *
 * @param runsMax how many runs there may be together; null for as many as there are seeds
 * @throws TwoResults when a plan goes another way elsewhere: then nothing can be said of any
 */
export async function sweepAll(
  requests: readonly SweepRequest[],
  runsMax: number | null,
): Promise<readonly SweepResult[]> {
  const parts = requests.map(beginPart);
  let left = runsMax ?? Number.POSITIVE_INFINITY;
  for (const size of roundSizes()) {
    const open = parts.filter((part) => part.isOpen());
    if (open.length === 0 || left === 0) {
      break;
    }
    const shares = shareRuns(
      size,
      open.map((part) => part.foundNew()),
    );
    for (const [index, part] of open.entries()) {
      left -= await part.run(Math.min(shares[index] ?? 0, left));
    }
  }
  const results: SweepResult[] = [];
  for (const part of parts) {
    results.push(await part.finish());
  }
  return results;
}

function beginPart(request: SweepRequest) {
  const begun: BegunSweep = beginSweep(request);
  const { first, last } = request.seeds;
  const seeds = seedsOf({ first, last: last ?? SEED_MAX }, request.shard);
  const runsDone = () => begun.tally.totals().runs;
  const situationsSeen = () => begun.tally.statistics().situations.distinct;
  let next = seeds.next();
  let foundNew = 0;
  return {
    isOpen: () => next.done !== true && begun.isOpen(),
    /** New situations in a run of its last round. */
    foundNew: () => foundNew,
    /** Runs so many seeds more, and answers how many were run. */
    async run(count: number): Promise<number> {
      const taken: number[] = [];
      for (; taken.length < count && next.done !== true; next = seeds.next()) {
        taken.push(next.value);
      }
      const before = { runs: runsDone(), situations: situationsSeen() };
      await begun.run(taken);
      const runs = runsDone() - before.runs;
      foundNew = runs === 0 ? 0 : (situationsSeen() - before.situations) / runs;
      return runs;
    },
    finish: async () => withNamesApart(request, await begun.finish()),
  };
}

/** The same promise may break with the same seed in several scenarios: their files lie together. */
function withNamesApart({ scenario, host }: SweepRequest, result: SweepResult): SweepResult {
  const named = (name: string) => `${scenario.name}-${name}`;
  const findings = result.evidence.findings.map((finding) => {
    const file = named(finding.replay.file);
    return { ...finding, replay: { file, command: host.replayCommand(file) } };
  });
  return {
    ...result,
    evidence: { ...result.evidence, findings },
    replayFiles: result.replayFiles.map(({ name, content }) => ({ name: named(name), content })),
  };
}
