import type { Random } from "../random.ts";

/** What a strategy may know of an event that is ready. */
export interface ReadyEvent {
  /** Whose event it is: a process, a server, a connection. */
  readonly actor: string;
  /** When it is due, in whole microseconds. */
  readonly atUs: number;
  /** Counts up in the order of scheduling, over the whole run. */
  readonly sequence: number;
}

/** Events that are ready together, by time and then by the order of scheduling. At least two. */
export interface ReadyEvents {
  readonly length: number;
  /** From place 0 on. @throws RangeError when there is no such place */
  at(index: number): ReadyEvent;
}

/** Decides which of several events that are ready together goes first. */
export interface SchedulingStrategy {
  /**
   * How far apart events may be due and still be ready together, in whole microseconds. At 0 they
   * are due at the same microsecond. Above it, an event may be held up by as much, as a slow
   * message or a late timer is; then what one actor meets keeps its order.
   */
  readonly windowUs: number;
  /** The place of the one that goes first. Asked only when there is a choice. */
  choose(ready: ReadyEvents): number;
}

/** Makes the strategy of one run out of that run's randomness. */
export type SchedulingStrategyFactory = (random: Random) => SchedulingStrategy;
