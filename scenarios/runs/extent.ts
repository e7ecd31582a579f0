import type { Breach, Ending, SystemPromise } from "../promises/system-promise.ts";

/** How many were broken, each in its own noun: `1 of 13 payments, 2 of 26 events`. */
export function extentOf(
  definition: SystemPromise,
  ending: Ending,
  breaches: readonly Breach[],
): string {
  const totals = definition.outOf(ending);
  const [first] = totals;
  const broken = new Map<string, Map<string, number>>();
  for (const { subject, noun = first?.noun ?? "", amount = 1 } of breaches) {
    broken.set(noun, (broken.get(noun) ?? new Map<string, number>()).set(subject, amount));
  }
  // What is not broken is not told, but where nothing is, out of how many.
  if (broken.size === 0 && first !== undefined) {
    return `0 of ${first.count} ${nounFor(first.count, first.noun)}`;
  }
  return [...broken]
    .map(([noun, subjects]) => {
      const many = [...subjects.values()].reduce((sum, amount) => sum + amount, 0);
      const total = totals.find((each) => each.noun === noun)?.count;
      return total === undefined
        ? `${many} ${nounFor(many, noun)}`
        : `${many} of ${total} ${nounFor(total, noun)}`;
    })
    .join(", ");
}

/** The plural, or for one the singular: `currencies` and `currency`. */
function nounFor(count: number, plural: string): string {
  return count === 1 ? plural.replace(/ies$/, "ys").replace(/s$/, "") : plural;
}
