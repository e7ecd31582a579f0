import fc from "fast-check";

/** What a client of a drawn workload is about. */
export type AskKind = (typeof ASK_WEIGHTS)[number][1];

/** How an amount is chosen, by what the model says that the sender then holds. */
export type AmountKind = (typeof AMOUNT_WEIGHTS)[number][1];

/** Whether something is asked for again with the same key, in which words, and when. */
export type AgainKind = (typeof AGAIN_WEIGHTS)[number][1];

const ASK_WEIGHTS = [
  [44, "transfer"],
  [2, "self-transfer"],
  [1, "unknown-sender"],
  [1, "unknown-receiver"],
  [2, "other-currency"],
  [4, "malformed"],
  [1, "border"],
  [3, "not-admitted"],
  [4, "anothers-wallet"],
  [2, "deposit"],
  [2, "withdrawal"],
  [1, "freeze"],
  [6, "reversal"],
  [2, "two-reversals"],
  [1, "failed-reversal"],
  [5, "read-payment"],
  [2, "read-wallet"],
  [7, "look-up"],
  [1, "full-wallet"],
  [2, "reopening"],
  [1, "opening"],
] as const;

const AMOUNT_WEIGHTS = [
  [10, "small"],
  [2, "large"],
  [2, "whole"],
  [2, "one-more"],
  [1, "one-less"],
  [1, "least"],
  [1, "just-received"],
] as const;

const AGAIN_WEIGHTS = [
  [14, "no"],
  [1, "same-words-at-once"],
  [1, "anothers-key"],
  [1, "other-words-at-once"],
  [1, "same-words-later"],
  [1, "other-words-later"],
] as const;

/** One thing that a client asks for, as drawn. Numbers are taken modulo what there is to choose. */
export interface Ask {
  readonly gapMs: number;
  readonly kind: AskKind;
  readonly sender: number;
  /** Steps from the sender to the receiver, so that they differ. */
  readonly step: number;
  readonly amount: AmountKind;
  readonly minor: number;
  readonly again: AgainKind;
  readonly laterMs: number;
  /** Which of the payments before it, or of other things, it is about. */
  readonly other: number;
}

/** Draws what clients ask for, about ten times a second; hot wallets are asked for more. */
export function asksArbitrary(countMax: number): fc.Arbitrary<readonly Ask[]> {
  const any = fc.nat({ max: 1_000_000 });
  const ask = fc.record({
    gapMs: fc.integer({ min: 0, max: 200 }),
    kind: weighted(ASK_WEIGHTS),
    sender: any,
    step: any,
    amount: weighted(AMOUNT_WEIGHTS),
    minor: fc.integer({ min: 1, max: 20_000 }),
    again: weighted(AGAIN_WEIGHTS),
    laterMs: fc.integer({ min: 0, max: 3_000 }),
    other: any,
  });
  return fc.array(ask, { minLength: 0, maxLength: countMax, size: "max" });
}

function weighted<Kind extends string>(
  weights: readonly (readonly [weight: number, kind: Kind])[],
): fc.Arbitrary<Kind> {
  return fc.oneof(...weights.map(([weight, kind]) => ({ weight, arbitrary: fc.constant(kind) })));
}
