import type { Comparison } from "./compare-answers.ts";
import { render, type RenderedSql, simplerTrees, type SqlTree } from "./sql-tree.ts";
import type { SurfaceWorlds } from "./surface-worlds.ts";
import type { Trial } from "./trial.ts";
import { surfaceCase } from "./write-statement.ts";

/** How many texts are tried to make one finding smaller. */
const CUTS_TRIED_MAX = 60;
/** Examples that are made small in each group, where nothing else is asked for. */
const EXAMPLES = 2;

/** What a survey of many statements came to. */
export interface Survey {
  readonly tried: number;
  readonly same: number;
  /** Answered as PostgreSQL answers under another plan, but not under the one that it chose. */
  readonly open: number;
  /** Of those that use only what the documentation lists. */
  readonly listed: { readonly tried: number; readonly refused: number; readonly wrong: number };
  /** The most frequent first. */
  readonly groups: readonly SurveyGroup[];
}

/** Findings with one cause. */
export interface SurveyGroup {
  readonly kind: "refused" | "wrong";
  readonly how: string;
  readonly cause: string;
  count: number;
  /** How many of them use only what the documentation lists. */
  listedCount: number;
  /** Of each, to be played again by itself. */
  readonly seeds: number[];
  readonly examples: SurveyExample[];
}

export interface SurveyExample extends RenderedSql {
  readonly seed: number;
  readonly afterwards: readonly string[];
  /** What both answered, or what was refused. */
  readonly told: string;
}

/** Tries the statements of `count` seeds from `firstSeed` on, and groups what differs by cause. */
export async function surveySurface(
  worlds: SurfaceWorlds,
  range: {
    readonly firstSeed: number;
    readonly count: number;
    /** How many examples of each group are made small. */
    readonly examples?: number;
  },
): Promise<Survey> {
  const { examples = EXAMPLES } = range;
  const groups = new Map<string, SurveyGroup>();
  const listed = { tried: 0, refused: 0, wrong: 0 };
  let [same, open] = [0, 0];
  for (let at = 0; at < range.count; at += 1) {
    const trial = surfaceCase(range.firstSeed + at, worlds.tables);
    const comparison = await worlds.compare(trial);
    listed.tried += trial.isListed ? 1 : 0;
    if (comparison.kind === "same") {
      same += 1;
      continue;
    }
    if (comparison.kind === "open") {
      open += 1;
      continue;
    }
    listed[comparison.kind] += trial.isListed ? 1 : 0;
    const group = groupOf(groups, comparison);
    group.count += 1;
    group.seeds.push(trial.seed);
    group.listedCount += trial.isListed ? 1 : 0;
    if (group.examples.length < examples) {
      const { tree, told } = await shrink(worlds, trial, comparison);
      const { seed, afterwards } = trial;
      group.examples.push({ ...render(tree), seed, afterwards, told });
    }
  }
  const ranked = [...groups.values()].toSorted((left, right) => right.count - left.count);
  return { tried: range.count, same, open, listed, groups: ranked };
}

type Finding = Exclude<Comparison, { readonly kind: "same" | "open" }>;

function groupOf(groups: Map<string, SurveyGroup>, comparison: Finding): SurveyGroup {
  const key = keyOf(comparison);
  const group = groups.get(key) ?? {
    kind: comparison.kind,
    how: comparison.kind === "wrong" ? comparison.how : "refused",
    cause: comparison.cause,
    count: 0,
    listedCount: 0,
    seeds: [],
    examples: [],
  };
  groups.set(key, group);
  return group;
}

function isFinding(comparison: Comparison): comparison is Finding {
  return comparison.kind !== "same" && comparison.kind !== "open";
}

function keyOf(found: Finding): string {
  return found.kind === "wrong" ? `${found.how} ${found.cause}` : `refused ${found.cause}`;
}

/** The smallest statement found that differs in the same way. */
async function shrink(
  worlds: SurfaceWorlds,
  trial: Trial,
  found: Finding,
): Promise<{ readonly tree: SqlTree; readonly told: string }> {
  const key = keyOf(found);
  let { tree } = trial;
  let told = toldBy(found);
  let tried = 0;
  for (let isSmaller = true; isSmaller && tried < CUTS_TRIED_MAX;) {
    isSmaller = false;
    const { length } = render(tree).sql;
    for (const simpler of simplerTrees(tree)) {
      if (render(simpler).sql.length >= length) {
        continue;
      }
      tried += 1;
      if (tried > CUTS_TRIED_MAX) {
        break;
      }
      const comparison = await worlds.compare({ ...trial, tree: simpler });
      if (isFinding(comparison) && keyOf(comparison) === key) {
        tree = simpler;
        told = toldBy(comparison);
        isSmaller = true;
        break;
      }
    }
  }
  return { tree, told };
}

function toldBy(found: Finding): string {
  return found.kind === "wrong" ? found.told : `at ${found.fragment}`;
}
