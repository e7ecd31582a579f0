import { expect, it } from "vitest";
import { runPlan } from "../../scenarios/runs/run-plan.ts";
import { samplePlan, sampleTransfer } from "../../scenarios/testing/sample-plan.ts";
import { createSimulatedWorld } from "./world.ts";

it("every step of a payment is told with its id, in one trace of its own", async () => {
  const commands = [
    sampleTransfer(),
    sampleTransfer({ idempotencyKey: "p2", atMs: 500, amount: "50.000" }),
  ];
  const world = await createSimulatedWorld();
  const { happenings } = await runPlan(world, samplePlan({ commands }));
  const steps = new Map<unknown, string[]>();
  for (const happening of happenings) {
    if (happening.kind === "note" && happening.note.what === "said") {
      const { name, detail } = happening.note;
      const told = `${name} ${detail["paymentId"]}`;
      if ("paymentId" in detail) {
        steps.set(detail["traceId"], [...(steps.get(detail["traceId"]) ?? []), told]);
      }
    }
  }
  const payments = new Set([...steps.values()].flat().map((told) => told.split(" ")[1]));
  expect(payments.size).toBe(2);
  expect([...steps.values()]).toEqual(
    [...payments].map((id) =>
      ["accept.done", "inbox.done", "settle.done", "inbox.done"].map((name) => `${name} ${id}`),
    ),
  );
  expect(steps.has(undefined)).toBe(false);
});
