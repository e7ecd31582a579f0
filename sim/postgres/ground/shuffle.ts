import type { PostgresHost } from "./host.ts";

/**
 * Puts the elements in an order of the host's choice; a host that always chooses 0 leaves them as
 * they are.
 */
export function shuffleInPlace<Element>(elements: Element[], host: PostgresHost): void {
  // Fisher-Yates from the front.
  for (let at = 0; at + 1 < elements.length; at += 1) {
    const chosenAt = at + host.choose(elements.length - at);
    const chosen = elements[chosenAt];
    const displaced = elements[at];
    if (chosen === undefined || displaced === undefined) {
      throw new Error("the host chose a place that is not there");
    }
    elements[at] = chosen;
    elements[chosenAt] = displaced;
  }
}
