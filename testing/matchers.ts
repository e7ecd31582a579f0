import { expect } from "vitest";
import { brokenPromises, type Outcome } from "../scenarios/runs/run-plan.ts";
import { tellStory } from "../scenarios/stories/story.ts";

declare module "vitest" {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /** Of a run: no promise broke. The message tells its story. */
    toKeepItsPromises(): R;
    /** Of a run: this promise broke, whatever else did. */
    toBreak(promise: string): R;
    /** Of a run: every fault of its plan fired that this world can make. */
    toFireEveryFault(): R;
  }
}

/** Makes the matchers known to vitest's `expect`. */
export function addMatchers(): void {
  expect.extend({
    toKeepItsPromises(run: Outcome) {
      const broken = brokenPromises(run);
      const found = `expected every promise to ${broken.length === 0 ? "break" : "hold"}`;
      return {
        pass: broken.length === 0,
        message: () => (broken.length === 0 ? found : `${found}\n${breachText(run)}`),
      };
    },
    toBreak(run: Outcome, promise: string) {
      const broken = brokenPromises(run);
      const pass = broken.includes(promise);
      const others = broken.length === 0 ? "nothing broke" : `these broke: ${broken.join(", ")}`;
      return {
        pass,
        message: () =>
          pass
            ? `expected ${promise} to hold\n${breachText(run)}`
            : `expected ${promise} to break; ${others}`,
      };
    },
    toFireEveryFault({ plan, fired, impossible }: Outcome) {
      const silent = plan.faults.filter((_, index) => !fired.has(index) && !impossible.has(index));
      return {
        pass: silent.length === 0,
        message: () =>
          silent.length === 0
            ? "expected a fault not to fire"
            : `expected every fault to fire; these did not: ${JSON.stringify(silent)}`,
      };
    },
  });
}

/** What broke, and the story of the run. */
function breachText(run: Outcome): string {
  const breaches = run.judgements.flatMap(({ promise, breaches: [first] }) =>
    first === undefined ? [] : [`${promise} broken: ${first.subject} ${first.found}`],
  );
  const story = tellStory(run).map(
    ({ atMs, actor, text }) => `${String(atMs).padStart(7)} ms  ${actor.padEnd(10)} ${text}`,
  );
  return [...breaches, "", ...story].join("\n");
}
