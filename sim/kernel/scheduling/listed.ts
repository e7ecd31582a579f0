import type { SchedulingStrategyFactory } from "./scheduling-strategy.ts";

/**
 * The place that is listed for each choice; the last one where there are fewer, and the first
 * behind the end of the list.
 */
export function listed({
  choices,
  windowUs,
}: {
  readonly choices: readonly number[];
  readonly windowUs: number;
}): SchedulingStrategyFactory {
  return () => {
    let made = 0;
    return {
      windowUs,
      choose({ length }) {
        const place = choices[made] ?? 0;
        made += 1;
        return Math.min(place, length - 1);
      },
    };
  };
}
