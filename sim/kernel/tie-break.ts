import type { Random } from "./random.ts";

/** What a strategy may know of an event that is ready. */
export interface ReadyEvent {
  /** Whose event it is: a process, a server, a connection. */
  readonly actor: string;
  readonly atUs: number;
  /** Counts up in the order of scheduling, over the whole run. */
  readonly sequence: number;
}

/** Decides which of several events that are due at the same microsecond goes first. */
export interface TieBreak {
  /**
   * Asked only when there are at least two; `ready` is in the order of scheduling. Returns an index
   * into it.
   */
  choose(ready: readonly ReadyEvent[]): number;
}

/** Makes the strategy of one run out of that run's randomness. */
export type TieBreakFactory = (random: Random) => TieBreak;

/** The one scheduled first goes first: the friendliest world, for tests that read like a story. */
export const fifo: TieBreakFactory = () => ({ choose: () => 0 });

/**
 * Any of them, by the seed: what happens at one instant has no order that a service could rely on.
 */
export const randomAmongReady: TieBreakFactory = (random) => {
  const stream = random.stream("kernel.tie-break");
  return { choose: (ready) => stream.integer(0, ready.length - 1) };
};
