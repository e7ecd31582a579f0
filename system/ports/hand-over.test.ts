import { expect, it } from "vitest";
import { BrokerError, type Delivery, type DeliveryBatch } from "./broker.ts";
import { handOver } from "./hand-over.ts";

const FETCHED: readonly Delivery[] = ["0", "1", "2", "3", "4"].map((offset) => {
  return { topic: "payment.created", partition: 1, offset, key: null, value: null };
});

/** Hands five messages over, and answers what the client was told, in order. */
async function told(
  batchMax: number,
  onBatch: (batch: DeliveryBatch, stop: () => void) => Promise<void> = async () => {},
) {
  const steps: string[] = [];
  let isRunning = true;
  const fetched = {
    deliveries: FETCHED,
    commit: async ({ offset }: Delivery) => void steps.push(`committed ${offset}`),
    resolve: ({ offset }: Delivery) => void steps.push(`behind ${offset}`),
    heartbeat: async () => void steps.push("alive"),
    isRunning: () => isRunning,
  };
  const handed = handOver(fetched, {
    batchMax,
    onBatch: (batch) => {
      steps.push(`batch ${batch.deliveries.map(({ offset }) => offset).join(" ")}`);
      return onBatch(batch, () => (isRunning = false));
    },
  });
  const failure = await handed.then(
    () => undefined,
    (error: unknown) => error,
  );
  return { steps, failure };
}

it("hands all of it over, no more at once than asked for, and goes on behind it", async () => {
  const { steps } = await told(2);
  const first = ["batch 0 1", "behind 1", "alive"];
  const second = ["batch 2 3", "behind 3", "alive"];
  expect(steps).toEqual([...first, ...second, "batch 4", "behind 4", "alive"]);
});

it("goes on behind what a batch committed that fails", async () => {
  const failure = new BrokerError("away", { applied: "unknown" });
  const thrown = await told(5, async ({ deliveries, commit }) => {
    const [, second] = deliveries;
    await (second === undefined ? undefined : commit(second));
    throw failure;
  });
  expect(thrown.steps).toEqual(["batch 0 1 2 3 4", "committed 1", "behind 1"]);
  expect(thrown.failure).toBe(failure);
});

it("gives the client its own error back, which says that it is no member any more", async () => {
  const first = new Error("UNKNOWN_MEMBER_ID");
  const cause = new Error("not to be tried again", { cause: first });
  const { failure } = await told(5, () =>
    Promise.reject(new BrokerError(cause.message, { applied: "unknown", cause })),
  );
  expect(failure).toBe(first);
});

it("finishes the batch in hand when its consumer is told to stop, and begins no other", async () => {
  const { steps } = await told(2, async (_, stop) => stop());
  expect(steps).toEqual(["batch 0 1", "behind 1", "alive"]);
});
