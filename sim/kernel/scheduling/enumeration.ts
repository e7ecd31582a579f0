import type { SchedulingStrategyFactory } from "./scheduling-strategy.ts";

/** The bounds within which schedules are enumerated. */
export interface EnumerationBounds {
  /** Choices of a run that are branched on; behind them the event due first goes first. */
  readonly choices: number;
  /**
   * Choices of a run that may differ from first in, first out: bugs need few of them, and without
   * this bound the number of schedules grows with the power of the choices.
   */
  readonly deviations: number;
  /** As in `SchedulingStrategy`. */
  readonly windowUs: number;
}

/**
 * Every schedule within the bounds, depth first, one a run: take `next` for a run, run it to its
 * end, and take the next, until there is none. Each run must be of the same plan, since the choices
 * that a prefix leads to are known from the run before.
 */
export class Enumeration {
  readonly #bounds: EnumerationBounds;
  /** The choices of the run in hand, or of the last. */
  #path: Choice[] = [];
  #choices = 0;
  #isCut = false;
  #begun = 0;

  constructor(bounds: EnumerationBounds) {
    this.#bounds = bounds;
  }

  /** Whether a run had more choices than were branched on: then not every schedule was tried. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** The places that the run in hand, or the last one, chose. */
  get chosen(): readonly number[] {
    return this.#path.map(({ chosen }) => chosen);
  }

  /** How many schedules were begun. */
  get begun(): number {
    return this.#begun;
  }

  /**
   * How many schedules there are within the bounds, as far as the runs so far show: those begun,
   * and one for each alternative that they left. All of them once `next` has none.
   */
  get known(): number {
    let deviations = 0;
    let known = this.#begun;
    for (const { count, chosen } of this.#path) {
      known += deviations < this.#bounds.deviations ? count - 1 - chosen : 0;
      deviations += chosen > 0 ? 1 : 0;
    }
    return known;
  }

  /** The strategy of the next run; undefined when every schedule within the bounds was tried. */
  next(): SchedulingStrategyFactory | undefined {
    if (this.#begun > 0 && !this.#advance()) {
      return undefined;
    }
    this.#begun += 1;
    this.#choices = 0;
    return () => ({
      windowUs: this.#bounds.windowUs,
      choose: ({ length }) => this.#choose(length),
    });
  }

  #choose(count: number): number {
    const place = this.#choices;
    this.#choices += 1;
    if (place >= this.#bounds.choices) {
      this.#isCut = true;
      return 0;
    }
    const known = this.#path[place];
    if (known === undefined) {
      this.#path.push({ count, chosen: 0 });
      return 0;
    }
    if (known.count !== count) {
      throw new Error(
        `choice ${place} is among ${count} events and was among ${known.count} in the run before: the runs are not of one plan`,
      );
    }
    return known.chosen;
  }

  /** Goes on with the last choice that has another alternative. */
  #advance(): boolean {
    while (this.#path.length > 0) {
      const last = this.#path.pop();
      const before = this.#path.filter(({ chosen }) => chosen > 0).length;
      if (
        last !== undefined &&
        last.chosen + 1 < last.count &&
        before + 1 <= this.#bounds.deviations
      ) {
        this.#path.push({ count: last.count, chosen: last.chosen + 1 });
        return true;
      }
    }
    return false;
  }
}

interface Choice {
  readonly count: number;
  readonly chosen: number;
}
