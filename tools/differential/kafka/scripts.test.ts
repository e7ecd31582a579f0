import fc from "fast-check";
import { expect, test } from "vitest";
import { handlerScripts, serverScripts } from "../../../scenarios/contracts/group-script.ts";
import { brokenInvariants, outcomeOf } from "../../../scenarios/contracts/script-outcome.ts";
import { isMadeOf, playSimulated } from "./compare-script.ts";
import { SAVED_SCRIPTS } from "./saved-scripts.ts";

test("nothing is skipped, lost or out of order on simulated brokers, whatever the script", async () => {
  const drawn = [
    ...fc.sample(handlerScripts(2), { seed: 1, numRuns: 10 }),
    ...fc.sample(handlerScripts(3), { seed: 2, numRuns: 10 }),
    ...fc.sample(serverScripts(1), { seed: 3, numRuns: 20 }).flat(),
  ];
  for (const script of [...SAVED_SCRIPTS, ...drawn]) {
    for (const seed of ["1", "2", "3"]) {
      const broken = brokenInvariants(await playSimulated(script, seed));
      expect(broken, `seed ${seed} of ${JSON.stringify(script)}`).toEqual([]);
    }
  }
});

test("a script comes to several things by chance, an overlap of two members among them", async () => {
  const outcomes = new Set<string>();
  for (let seed = 1; seed <= 60; seed += 1) {
    for (const script of SAVED_SCRIPTS) {
      outcomeOf(await playSimulated(script, String(seed))).forEach((each) => outcomes.add(each));
    }
  }
  const all = [...outcomes].join("\n");
  expect(all).toContain("to two at once");
  expect(all).toMatch(/partition 0: (\d once, handled(; |$))+/m);
});

test("what chance never came to as a whole must be made of what each record came to", () => {
  const seen = [
    "partition 0: 0 once, handled; 1 to another, handled",
    "partition 0: 0 again, handled; 1 once, handled",
  ];
  expect(isMadeOf("partition 0: 0 once, handled; 1 once, handled", seen)).toBe(true);
  expect(isMadeOf("partition 0: 0 once, handled; 1 again, handled", seen)).toBe(false);
  expect(isMadeOf("partition 0: 0 once, handled; 1 once, left", seen)).toBe(false);
});
