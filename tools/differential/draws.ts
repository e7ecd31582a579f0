/** Random draws from a seed: the same for ever, on every Node. */
export interface Draws {
  /** A whole number from 0 to `count - 1`. */
  readonly below: (count: number) => number;
  /** True in `percent` of a hundred draws. */
  chance(percent: number): boolean;
  /** One of the elements, each as likely as the others. */
  pick<Element>(elements: readonly [Element, ...Element[]]): Element;
  /** One of the elements, or undefined when there is none. */
  pickOf<Element>(elements: readonly Element[]): Element | undefined;
}

/** A small generator of its own (mulberry32). */
export function createDraws(seed: number): Draws {
  let state = Math.imul(seed, 0x9e37_79b9) >>> 0;
  const below = (count: number): number => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % count;
  };
  return {
    below,
    chance: (percent) => below(100) < percent,
    pick: (elements) => elements[below(elements.length)] ?? elements[0],
    pickOf: (elements) => elements[below(Math.max(elements.length, 1))],
  };
}
