import { expect, it } from "vitest";
import type { Plan } from "../../scenarios/plans/plan.ts";
import type { Topology } from "../../scenarios/plans/topology.ts";
import { brokenPromises, runPlan, type Outcome } from "../../scenarios/runs/run-plan.ts";
import { samplePlan, sampleTransfer } from "../../scenarios/testing/sample-plan.ts";
import { createSimulatedWorld } from "./world.ts";

const TWO_PAYMENT_PROCESSES: Topology = [
  { name: "payment-1", roles: ["payment-api", "payment-relay", "payment-settle"] },
  { name: "payment-2", roles: ["payment-api", "payment-settle"] },
  { name: "wallet-1", roles: ["wallet-api", "wallet-transfer", "wallet-relay"] },
];

const EVERYTHING_IN_ONE: Topology = [
  {
    name: "everything",
    roles: [
      "payment-api",
      "payment-relay",
      "payment-settle",
      "wallet-api",
      "wallet-transfer",
      "wallet-relay",
    ],
  },
];

it("runs two payment processes, and attributes to each what it commits, sends and receives", async () => {
  const outcome = await runPlan(await createSimulatedWorld(), planOf(TWO_PAYMENT_PROCESSES));
  expect(brokenPromises(outcome)).toEqual([]);
  expect([...outcome.books.payments.values()].map(({ status }) => status)).toEqual(
    Array.from({ length: 40 }, () => "COMPLETED"),
  );
  // Clients are spread over both; only the first has the role of the relay.
  expect(processesWith(outcome, "commit", "payments")).toEqual(["payment-1", "payment-2"]);
  expect(processesWith(outcome, "record")).toEqual(["payment-1", "wallet-1"]);
  expect(processesWith(outcome, "delivery")).toEqual(["payment-1", "payment-2", "wallet-1"]);
});

it("runs the roles of both services in one process", async () => {
  const outcome = await runPlan(await createSimulatedWorld(), planOf(EVERYTHING_IN_ONE));
  expect(brokenPromises(outcome)).toEqual([]);
  expect(processesWith(outcome, "commit", "payments")).toEqual(["everything"]);
  expect(processesWith(outcome, "record")).toEqual(["everything"]);
});

function processesWith(outcome: Outcome, kind: string, table?: string): readonly string[] {
  const processes = outcome.happenings.flatMap((happening) => {
    if (happening.kind !== kind || !("process" in happening)) {
      return [];
    }
    const concerns =
      table === undefined ||
      (happening.kind === "commit" && happening.changes.some((change) => change.table === table));
    return concerns ? [happening.process] : [];
  });
  return [...new Set(processes)].toSorted();
}

function planOf(topology: Topology): Plan {
  return samplePlan({
    wallets: [
      { id: "salim", funding: "100.000", currency: "OMR" },
      { id: "fatma", funding: "0.000", currency: "OMR" },
    ],
    commands: Array.from({ length: 40 }, (_, index) =>
      sampleTransfer({ atMs: index * 150, idempotencyKey: `p${index + 1}` }),
    ),
    topology,
  });
}
