import type { Clock } from "../ports/clock.ts";

/** What a process knows of itself: whether what it needs is there, as far as it last heard. */
export interface Health {
  /**
   * Notes how it is with a part: undefined for well, otherwise why not. What nobody takes back
   * counts until `untilMs`, for ever without it.
   */
  note(part: string, trouble: string | undefined, untilMs?: number): void;
  /** What is not well, with the reason. */
  troubles(): readonly { readonly part: string; readonly reason: string }[];
}

export function createHealth(clock: Clock): Health {
  const troubles = new Map<string, { readonly reason: string; readonly untilMs: number }>();
  return {
    note(part, trouble, untilMs = Infinity) {
      if (trouble === undefined) {
        troubles.delete(part);
      } else {
        troubles.set(part, { reason: trouble, untilMs });
      }
    },
    troubles: () =>
      [...troubles]
        .filter(([, { untilMs }]) => clock.nowMs() < untilMs)
        .map(([part, { reason }]) => ({ part, reason })),
  };
}
