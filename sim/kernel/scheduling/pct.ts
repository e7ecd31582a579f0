import type { RandomStream } from "../random.ts";
import type { ReadyEvents, SchedulingStrategyFactory } from "./scheduling-strategy.ts";

/** What a PCT schedule is made of. */
export interface PctOptions {
  /** The depth d of the bugs that are looked for: how many orderings they need. From 1. */
  readonly depth: number;
  /** The number k of choices that a run is taken to have; the changes fall among the first k. */
  readonly choices: number;
  /** As in `SchedulingStrategy`. */
  readonly windowUs: number;
}

/**
 * Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010).
 *
 * Every actor gets a random priority when it is first seen, and the ready event of the highest goes
 * first. At d - 1 choices, drawn evenly from the first k, the actor that would go next falls below
 * all others. A bug that needs d orderings is found with a probability of at least 1 / (n k^(d-1))
 * a run, where n is the number of actors, and k is no less than the choices of the run.
 *
 * Only choices between at least two events are counted: where one alone is ready, no order of it
 * and another can be changed.
 *
 * @throws RangeError when an option is no whole number in its range
 */
export function pct({ depth, choices, windowUs }: PctOptions): SchedulingStrategyFactory {
  for (const [name, value, least] of [
    ["depth", depth, 1],
    ["choices", choices, 1],
    ["windowUs", windowUs, 0],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < least) {
      throw new RangeError(`${name} is a whole number from ${least} on, not ${value}`);
    }
  }
  return (random) => {
    const stream = random.stream("kernel.pct");
    const changes = drawChanges(stream, depth - 1, choices);
    const priorities = new Priorities(stream);
    let choice = 0;
    return {
      windowUs,
      choose(ready) {
        choice += 1;
        const change = changes.indexOf(choice);
        if (change >= 0) {
          priorities.lower(ready.at(priorities.highest(ready)).actor, change);
        }
        return priorities.highest(ready);
      },
    };
  };
}

function drawChanges(stream: RandomStream, count: number, choices: number): readonly number[] {
  return Array.from({ length: count }, () => stream.integer(1, choices));
}

/** Above 0 those drawn at first sight, below 0 those of the actors that fell. */
class Priorities {
  readonly #stream: RandomStream;
  readonly #byActor = new Map<string, number>();

  constructor(stream: RandomStream) {
    this.#stream = stream;
  }

  /** The place of the event whose actor has the highest; of one actor's the first. */
  highest(ready: ReadyEvents): number {
    let best = 0;
    let bestPriority = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < ready.length; index += 1) {
      const priority = this.#of(ready.at(index).actor);
      if (priority > bestPriority) {
        best = index;
        bestPriority = priority;
      }
    }
    return best;
  }

  /** The later of two changes falls lower or higher by its number, as in the paper. */
  lower(actor: string, change: number): void {
    this.#byActor.set(actor, -1 - change);
  }

  #of(actor: string): number {
    let priority = this.#byActor.get(actor);
    if (priority === undefined) {
      // Wide enough that two actors seldom draw the same.
      priority = this.#stream.integer(1, Number.MAX_SAFE_INTEGER - 1);
      this.#byActor.set(actor, priority);
    }
    return priority;
  }
}
