import type { SchedulingStrategyFactory } from "./scheduling-strategy.ts";

/** Any of them, by the seed; within one microsecond unless a wider window is stated. */
export function atRandom({ windowUs = 0 }: { windowUs?: number } = {}): SchedulingStrategyFactory {
  return (random) => {
    const stream = random.stream("kernel.at-random");
    return { windowUs, choose: (ready) => stream.integer(0, ready.length - 1) };
  };
}

/**
 * Any of those due at one microsecond: what happens at one instant has no order that a service
 * could rely on.
 */
export const randomAmongReady: SchedulingStrategyFactory = atRandom();
