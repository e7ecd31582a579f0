import { groupedNumber } from "../words/number-words.ts";

/** A number for a page, its digits in threes with a narrow space that does not break. */
export function figure(value: number): string {
  return groupedNumber(value, "\u202f");
}
