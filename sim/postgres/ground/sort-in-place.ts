const SHORT = 8;

/**
 * Sorts as `Array.prototype.sort` does, equal elements staying in their order. Short lists, as most
 * are, cost no memory here.
 */
export function sortInPlace<Element>(
  elements: Element[],
  compare: (left: Element, right: Element) => number,
): void {
  if (elements.length > SHORT) {
    elements.sort(compare);
    return;
  }
  for (let from = 1; from < elements.length; from += 1) {
    for (let at = from; at > 0; at -= 1) {
      const left = elements[at - 1];
      const right = elements[at];
      if (left === undefined || right === undefined || compare(left, right) <= 0) {
        break;
      }
      elements[at - 1] = right;
      elements[at] = left;
    }
  }
}
