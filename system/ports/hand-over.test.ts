import { expect, it } from "vitest";
import { BrokerError, type Delivery, type DeliveryBatch } from "./broker.ts";
import { createHandOver } from "./hand-over.ts";

type OnBatch = (batch: DeliveryBatch, stop: () => void) => Promise<void>;

/** Hands so many messages of each partition over; `steps` is what the client was told, in order. */
async function told(
  batchMax: number,
  onBatch: OnBatch = async () => {},
  counts: readonly number[] = [5],
) {
  const steps: string[] = [];
  let isRunning = true;
  const handOver = createHandOver({
    batchMax,
    onBatch: (batch) => {
      steps.push(`batch ${namesOf(batch.deliveries)}`);
      return onBatch(batch, () => (isRunning = false));
    },
  });
  const handed = counts.map((count, partition) =>
    handOver({
      deliveries: messagesOf(partition, count),
      commit: async (lasts) => void steps.push(`committed ${namesOf(lasts)}`),
      resolve: (last) => void steps.push(`behind ${namesOf([last])}`),
      heartbeat: async () => void steps.push("alive"),
      isRunning: () => isRunning,
    }),
  );
  const [failure] = await Promise.all(
    handed.map((each) =>
      each.then(
        () => undefined,
        (error: unknown) => error,
      ),
    ),
  );
  return { steps, failure };
}

/** `0`, `1` of the first partition, `b0`, `b1` of the second. */
function namesOf(deliveries: readonly Delivery[]): string {
  return deliveries.map(({ partition, offset }) => `${["", "b"][partition]}${offset}`).join(" ");
}

function messagesOf(partition: number, count: number): readonly Delivery[] {
  return Array.from({ length: count }, (_, index) => {
    return { topic: "payment.created", partition, offset: `${index}`, key: null, value: null };
  });
}

it("hands all of it over, no more at once than asked for, and goes on behind it", async () => {
  const { steps } = await told(2);
  const first = ["batch 0 1", "behind 1", "alive"];
  const second = ["batch 2 3", "behind 3", "alive"];
  expect(steps).toEqual([...first, ...second, "batch 4", "behind 4", "alive"]);
});

it("puts the partitions of a fetch together, and commits them by one request", async () => {
  const commitAll: OnBatch = ({ deliveries, commit }) => commit(deliveries.slice(1));
  const { steps } = await told(5, commitAll, [2, 1]);
  const behind = ["behind 1", "behind b0"];
  expect(steps).toEqual(["batch 0 1 b0", "committed 1 b0", ...behind, ...behind, "alive"]);
});

it("takes what is handed in meanwhile next, and never two at once", async () => {
  const steps: string[] = [];
  const gate = Promise.withResolvers<void>();
  const handOver = createHandOver({
    batchMax: 5,
    async onBatch({ deliveries }) {
      steps.push(namesOf(deliveries));
      await gate.promise;
      steps.push("done");
    },
  });
  const client = { commit: async () => {}, resolve() {}, heartbeat: async () => {} };
  const of = (partition: number) => ({
    ...client,
    deliveries: messagesOf(partition, 1),
    isRunning: () => true,
  });
  const first = handOver(of(0));
  await Promise.resolve();
  const second = handOver(of(1));
  gate.resolve();
  await Promise.all([first, second]);
  expect(steps).toEqual(["0", "done", "b0", "done"]);
});

it("goes on behind what a batch committed that fails", async () => {
  const failure = new BrokerError("away", { applied: "unknown" });
  const thrown = await told(5, async ({ deliveries, commit }) => {
    await commit(deliveries.slice(1, 2));
    throw failure;
  });
  expect(thrown.steps).toEqual(["batch 0 1 2 3 4", "committed 1", "behind 1", "alive"]);
  expect(thrown.failure).toBe(failure);
});

it("goes on with other partitions than those of a batch that fails", async () => {
  const failure = new Error("not this one");
  const failing: OnBatch = async ({ deliveries }) => {
    if (namesOf(deliveries) === "0") {
      throw failure;
    }
  };
  const thrown = await told(1, failing, [2, 1]);
  expect(thrown.steps).toEqual(["batch 0", "alive", "batch b0", "behind b0", "alive"]);
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
