import { expect, it } from "vitest";
import type { StoryStep } from "../../reports/evidence/evidence.ts";
import { foldRepetitions } from "./fold-repetitions.ts";

function stepsOf(...told: readonly (readonly [actor: string, text: string])[]): StoryStep[] {
  return told.map(([actor, text], index) => ({
    atMs: index,
    actor,
    kind: "receive",
    fault: null,
    text,
  }));
}

const words = (steps: readonly StoryStep[]): readonly string[] =>
  steps.map(({ atMs, actor, text }) => `${atMs} ${actor} ${text}`);

it("tells what comes again and again once, and where it comes last", () => {
  const again = Array.from({ length: 30 }, () => ["wallet-1", "Receives p1."] as const);
  const steps = stepsOf(["client", "Asks."], ...again, ["wallet-1", "Ends."]);
  expect(words(foldRepetitions(steps))).toEqual([
    "0 client Asks.",
    "1 wallet-1 Receives p1.",
    "30 wallet-1 The same comes 29 times more, here for the last time.",
    "31 wallet-1 Ends.",
  ]);
});

it("folds several steps that come in a row, what others do between them being told", () => {
  const round = (attempt: number) =>
    [
      ["wallet-1", "Receives p1."],
      ["wallet-1", `Tries again (attempt ${attempt} failed).`],
    ] as const;
  const steps = stepsOf(...round(1), ["client", "Asks."], ...round(2), ...round(3));
  expect(words(foldRepetitions(steps))).toEqual([
    "0 wallet-1 Receives p1.",
    "1 wallet-1 Tries again (attempt 1 failed).",
    "2 client Asks.",
    '6 wallet-1 The same, from "Receives p1." on, comes 2 times more, here for the last time.',
  ]);
});

it("leaves what comes twice, and what differs", () => {
  const steps = stepsOf(
    ["wallet-1", "Receives p1."],
    ["wallet-1", "Receives p1."],
    ["wallet-1", "Receives p2."],
    ["payment-1", "Receives p2."],
  );
  expect(foldRepetitions(steps)).toEqual(steps);
});

it("folds repetitions that hold repetitions", () => {
  const tries = Array.from({ length: 4 }, () => ["wallet-1", "Tries."] as const);
  const delivery = [["wallet-1", "Receives p1."], ...tries, ["wallet-1", "Leaves p1."]] as const;
  const steps = stepsOf(...delivery, ...delivery, ...delivery);
  expect(words(foldRepetitions(steps))).toEqual([
    "0 wallet-1 Receives p1.",
    "1 wallet-1 Tries.",
    "4 wallet-1 The same comes 3 times more, here for the last time.",
    "5 wallet-1 Leaves p1.",
    '17 wallet-1 The same, from "Receives p1." on, comes 2 times more, here for the last time.',
  ]);
});
