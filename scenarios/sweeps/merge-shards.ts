import type { Ended, Evidence, Finding } from "../../reports/evidence/evidence.ts";
import { canonicalText } from "../plans/canonical-text.ts";
import { drawSweepEvidence } from "./draw-evidence.ts";
import { commandOfShard } from "./shard-command.ts";
import type { SweepHost } from "./sweep-request.ts";
import { createTally } from "./tally.ts";

/** Evidence that cannot be made one; the message names the files and says what differs. */
export class UnmergeableShards extends Error {
  override readonly name = "UnmergeableShards";
}

/** Evidence of a shard, and the name of its file for the messages. */
export interface ShardFile {
  readonly file: string;
  readonly evidence: Evidence;
}

/**
 * Makes of the evidence of every shard that of the whole sweep. Where each shard has run all its
 * seeds, it is the evidence that the sweep would have left without shards, but for `made`.
 *
 * @throws UnmergeableShards when they are not all the shards of one sweep
 */
export function mergeShards(
  files: readonly ShardFile[],
  host: Pick<SweepHost, "digest" | "made" | "replayCommand">,
): Evidence {
  const [first] = files;
  if (first === undefined) {
    throw new UnmergeableShards("there is no evidence to merge");
  }
  requireOneSweep(files);
  requireEachOnce(files);
  const shards = files
    .map(({ evidence }) => evidence)
    .toSorted((left, right) => (left.shard?.index ?? 0) - (right.shard?.index ?? 0));
  const { evidence } = first;
  const tally = createTally(evidence.promises);
  shards.forEach((shard) => tally.addShard(shard));
  const merged = drawSweepEvidence(
    {
      ...headOf(evidence),
      shard: null,
      ended: endOf(shards),
      findings: firstFindings(shards).map((finding) => {
        const { file } = finding.replay;
        return { ...finding, replay: { file, command: host.replayCommand(file) } };
      }),
      seenToFail: [],
      made: host.made,
    },
    tally,
    host.digest,
  );
  // Beside a pass the mutants were tried, by each shard that passed, with the same seeds.
  const seenToFail = shards.find((shard) => shard.seenToFail.length > 0)?.seenToFail ?? [];
  return merged.verdict === "pass" ? { ...merged, seenToFail } : merged;
}

/** What all shards of a sweep have in common. */
function headOf(evidence: Evidence) {
  const { product, code, scenario, world, mutant, level, limits, servers, command } = evidence;
  const { first, last } = evidence.seeds;
  return {
    product,
    code,
    world,
    scenario,
    level,
    seeds: { first, last },
    mutant,
    servers,
    command: evidence.shard === null ? command : commandOfShard.without(command, evidence.shard),
    limits,
  };
}

/** The shards' parts in the order in which a difference is told: the cause before what follows. */
function requireOneSweep(files: readonly ShardFile[]): void {
  const [first, ...others] = files;
  if (first === undefined) {
    return;
  }
  for (const { file, evidence } of files) {
    if (evidence.shard === null) {
      throw new UnmergeableShards(`${file} is no shard: it tells of a whole sweep`);
    }
  }
  const head = headOf(first.evidence);
  for (const { file, evidence } of others) {
    for (const [part, value] of Object.entries(headOf(evidence))) {
      const expected: unknown = Reflect.get(head, part);
      if (canonicalText(value) !== canonicalText(expected)) {
        throw new UnmergeableShards(
          `${file} is of another sweep than ${first.file}: its ${part} is ${inWords(value)}, not ${inWords(expected)}`,
        );
      }
    }
    const count = evidence.shard?.count;
    if (count !== first.evidence.shard?.count) {
      throw new UnmergeableShards(
        `${file} is one of ${count} shards, and ${first.file} one of ${first.evidence.shard?.count}`,
      );
    }
  }
}

function requireEachOnce(files: readonly ShardFile[]): void {
  const known = new Map<number, string>();
  for (const { file, evidence } of files) {
    const index = evidence.shard?.index ?? 0;
    const other = known.get(index);
    if (other !== undefined) {
      throw new UnmergeableShards(`${file} and ${other} are both shard ${nameOf(evidence)}`);
    }
    known.set(index, file);
  }
  const count = files[0]?.evidence.shard?.count ?? 0;
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter(
    (index) => !known.has(index),
  );
  if (missing.length > 0) {
    const names = missing.map((index) => `${index}/${count}`).join(", ");
    throw new UnmergeableShards(`missing: shard ${names}`);
  }
}

function nameOf({ shard }: Evidence): string {
  return `${shard?.index}/${shard?.count}`;
}

function inWords(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}...` : text;
}

/** Of each promise the one of the smallest seed, as a sweep without shards finds it. */
function firstFindings(shards: readonly Evidence[]): readonly Finding[] {
  const first = new Map<string, Finding>();
  const bySeed = shards
    .flatMap(({ findings }) => findings)
    .toSorted((left, right) => left.seed - right.seed);
  for (const finding of bySeed) {
    if (!first.has(finding.promise)) {
      first.set(finding.promise, finding);
    }
  }
  return [...first.values()];
}

/** Why the shards together did not run every seed: what weighs most. */
function endOf(shards: readonly Evidence[]): Ended {
  const ends = ["error", "interrupted", "time-limit", "first-failure"] as const;
  return ends.find((end) => shards.some(({ ended }) => ended === end)) ?? "complete";
}
