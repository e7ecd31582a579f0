import type { PostgresHost } from "./host.ts";

/**
 * The elements in an order of the host's choice; a host that always chooses 0 leaves them as they
 * are.
 */
export function shuffle<Element>(elements: readonly Element[], host: PostgresHost): Element[] {
  const left = [...elements];
  if (left.length < 2) {
    return left;
  }
  const order: Element[] = [];
  // Fisher-Yates from the front; the swap keeps it linear.
  for (let at = 0; at < left.length; at += 1) {
    const chosenAt = at + (at + 1 < left.length ? host.choose(left.length - at) : 0);
    const chosen = left[chosenAt];
    const displaced = left[at];
    if (chosen === undefined || displaced === undefined) {
      break;
    }
    left[chosenAt] = displaced;
    order.push(chosen);
  }
  return order;
}
