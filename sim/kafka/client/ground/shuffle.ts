import type { RandomStream } from "../../../kernel/random.ts";

/** The same items in an order of chance (Fisher and Yates), as kafkajs shuffles. */
export function shuffle<T>(items: readonly T[], stream: RandomStream): readonly T[] {
  const left = [...items];
  const shuffled: T[] = [];
  while (left.length > 0) {
    shuffled.push(...left.splice(stream.integer(0, left.length - 1), 1));
  }
  return shuffled;
}
