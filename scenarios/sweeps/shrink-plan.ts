import type { Plan } from "../plans/plan.ts";
import {
  lowestAmount,
  partsOf,
  withCommands,
  withDefaultKnobs,
  withEarlierFault,
  withEarlierLoad,
  withFewerProcesses,
  withFewerWallets,
  withLowestAmount,
  withShorterFault,
  withSimplerSchedule,
} from "./plan-variants.ts";

/**
 * Runs a smaller plan: whether it is broken as the first one was. Undefined when nothing more shall
 * be tried.
 */
export type TryPlan = (plan: Plan) => Promise<boolean | undefined>;

export interface SmallestPlan {
  readonly plan: Plan;
  /**
   * Whether it is known, because each was tried, that no single command, with those that build on
   * it, and no single fault can be left out.
   */
  readonly isMinimal: boolean;
}

/**
 * Makes a plan smaller as long as it stays broken: delta debugging (Zeller and Hildebrandt, 2002)
 * over the plan itself. What is left keeps its name and its distance in time, so leaving something
 * out moves nothing else. Ends when one whole round has found nothing smaller.
 */
export async function shrinkPlan(plan: Plan, tryPlan: TryPlan): Promise<SmallestPlan> {
  const search = new Search(plan, tryPlan);
  let before: Plan;
  do {
    before = search.plan;
    await leaveOutFaults(search);
    await search.take(withSimplerSchedule);
    await search.take(withFewerProcesses);
    await search.take(withDefaultKnobs);
    for (const index of search.plan.faults.keys()) {
      await search.take((each) => withEarlierFault(each, index));
      await search.take((each) => withShorterFault(each, index));
    }
    await leaveOutCommands(search);
    await search.take(withoutLastOfPart);
    await search.take(withEarlierLoad);
    await search.take(withFewerWallets);
    for (const place of partsOf(search.plan.commands).keys()) {
      await lowerAmounts(search, partsOf(search.plan.commands)[place] ?? []);
    }
  } while (search.plan !== before && !search.isOver);
  return { plan: search.plan, isMinimal: !search.isOver };
}

/** The smallest plan so far, and what was tried. */
class Search {
  readonly #tryPlan: TryPlan;
  /** Variants that were not broken, as text: none is run twice. */
  readonly #sound = new Set<string>();
  #plan: Plan;
  #isOver = false;

  constructor(plan: Plan, tryPlan: TryPlan) {
    this.#plan = plan;
    this.#tryPlan = tryPlan;
  }

  get plan(): Plan {
    return this.#plan;
  }

  /** True once nothing more shall be tried. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Takes the first variant that is broken too. @returns whether there is one */
  async takeFirst(variants: readonly Plan[]): Promise<boolean> {
    for (const variant of variants) {
      const text = JSON.stringify(variant);
      if (this.#isOver) {
        return false;
      }
      if (this.#sound.has(text) || text === JSON.stringify(this.#plan)) {
        continue;
      }
      const isBroken = await this.#tryPlan(variant);
      if (isBroken === true) {
        this.#plan = variant;
        return true;
      }
      this.#isOver = isBroken === undefined;
      this.#sound.add(text);
    }
    return false;
  }

  /** Takes variants of the plan as long as there is one that is broken too. */
  async take(variantsOf: (plan: Plan) => readonly Plan[]): Promise<void> {
    while (await this.takeFirst(variantsOf(this.#plan))) {
      // Each is a variant of the one before.
    }
  }
}

async function leaveOutFaults(search: Search): Promise<void> {
  await leaveOut(search.plan.faults, (kept) =>
    search.takeFirst([{ ...search.plan, faults: kept }]),
  );
}

async function leaveOutCommands(search: Search): Promise<void> {
  // Places count anew in each plan, commands are the same values in all.
  const { commands } = search.plan;
  const parts = partsOf(commands).map((part) => new Set(part.map((index) => commands[index])));
  await leaveOut(parts, (kept) => {
    const isKept = (index: number) => kept.some((part) => part.has(search.plan.commands[index]));
    const places = [...search.plan.commands.keys()].filter(isKept);
    return search.takeFirst(withCommands(search.plan, new Set(places)));
  });
}

/** The plan without the last of several commands that belong together: nothing builds on it. */
function withoutLastOfPart(plan: Plan): readonly Plan[] {
  const several = partsOf(plan.commands).filter(({ length }) => length > 1);
  return several.flatMap((part) =>
    withCommands(plan, new Set([...plan.commands.keys()].filter((index) => index !== part.at(-1)))),
  );
}

/** Looks for the lowest amount that is enough: the least there is, one less, then by halves. */
async function lowerAmounts(search: Search, part: readonly number[]): Promise<void> {
  const { plan } = search;
  const takeAmount = (minor: bigint) =>
    search.takeFirst(minor > 0n ? [withLowestAmount(plan, part, minor)] : []);
  let enough = lowestAmount(plan, part);
  if (enough <= 1n || (await takeAmount(1n)) || !(await takeAmount(enough - 1n))) {
    return;
  }
  enough -= 1n;
  for (let tooLow = 1n; enough - tooLow > 1n && !search.isOver;) {
    const middle = (enough + tooLow) / 2n;
    if (await takeAmount(middle)) {
      enough = middle;
    } else {
      tooLow = middle;
    }
  }
}

/** Leaves out all, then halves, quarters and so on, in the end one by one. */
async function leaveOut<T>(
  list: readonly T[],
  takeKept: (kept: readonly T[]) => Promise<boolean>,
): Promise<void> {
  let left = list;
  for (let size = list.length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < left.length;) {
      const kept = [...left.slice(0, at), ...left.slice(at + size)];
      if (await takeKept(kept)) {
        left = kept;
      } else {
        at += size;
      }
    }
  }
}
