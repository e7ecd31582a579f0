import fc from "fast-check";
import { expect, it } from "vitest";
import { runPlan, type Outcome } from "../../scenarios/runs/run-plan.ts";
import { transfer } from "../../scenarios/workloads/transfer.ts";
import { createSimulatedWorld } from "./world.ts";

it("two transfers overlap in the drawn plans, in two wallet processes", async () => {
  const world = await createSimulatedWorld();
  const drafts = fc.sample(transfer.drafts, { numRuns: 12, seed: 20_261_125 });
  const overlapping: boolean[] = [];
  for (const [seed, draft] of drafts.entries()) {
    const plan = { scenario: "transfer", seed, mutant: null, ...draft };
    overlapping.push(overlaps(await runPlan(world, plan)));
  }
  expect(overlapping).toContain(true);
});

/** Whether one process was given a payment while another had one in hand. */
function overlaps({ happenings }: Outcome): boolean {
  const inHand = new Set<string>();
  for (const happening of happenings) {
    if (happening.kind === "delivery" && happening.record.topic === "payment.created") {
      inHand.add(happening.process);
    } else if (happening.kind === "note" && happening.note.what === "offset-committed") {
      inHand.delete(happening.process);
    } else if (happening.kind === "fault") {
      inHand.delete(happening.process);
    }
    if (inHand.size > 1) {
      return true;
    }
  }
  return false;
}
